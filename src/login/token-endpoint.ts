import type { Clock } from '#clock.js'
import { answerText, fetchFailure } from '#http-answer.js'
import type { Log } from '#log.js'
import { isJsonObject } from '#text/json-object.js'
import { redactedUrl, Redaction } from '#text/redaction.js'
import { secretText, type Secret } from './secret.js'

/** The credentials by which a process itself, and no user of it, gets a token (RFC 6749, 4.4). */
export interface ClientCredentials {
  /** The token endpoint. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: Secret
  /** The scopes that the token is to have, with spaces between them. */
  readonly scope?: string | undefined
}

interface Token {
  readonly text: string
  readonly renewAtMs: number
  readonly endsAtMs: number
}

const answerMsMax = 5_000
/** Tokens with all their claims have some kilobytes; brokers take 512 KiB in a login. */
const answerBytesMax = 256 * 1024
/** How long a token holds where its endpoint does not say (RFC 6749 lets it): no longer than the shortest usual tokens. */
const unknownLifeSeconds = 60
/** A token is renewed at a login in the second half of its life: a login ends with its token, and would be short with an old one. */
const renewedAfterShare = 0.5
const renewedAfterMsMin = 1_000
/** A login with a token that has less time left could not be renewed, in milliseconds. */
const remainingMsMin = 1_750
/** An endpoint that fails is asked once in this time, however many connections try to log in. */
const pauseAfterFailureMs = 1_000
/** How much of an endpoint's reason is shown. */
const reasonCharactersMax = 300

/** Fetches tokens when they are needed: one at a time, for all connections. */
export class TokenEndpoint {
  private current: Token | undefined
  private asking: Promise<Token> | undefined
  private failure: { readonly error: Error; readonly untilMs: number } | undefined

  constructor(
    /** Where the tokens log in, for messages. */
    private readonly where: string,
    private readonly credentials: ClientCredentials,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws Error that says what is wrong, without a secret. */
  async token(): Promise<string> {
    const { current } = this
    if (current !== undefined && this.clock.monotonicMs() < current.renewAtMs) return current.text
    try {
      return (await this.renewed()).text
    } catch (error) {
      if (current === undefined || current.endsAtMs - this.clock.monotonicMs() < remainingMsMin) throw error
      this.log.warn({ reason: (error as Error).message }, `There is no new token for ${this.where}; the one before is used until it ends.`)
      return current.text
    }
  }

  private renewed(): Promise<Token> {
    if (this.failure !== undefined && this.clock.monotonicMs() < this.failure.untilMs) return Promise.reject(this.failure.error)
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)))
  }

  private async ask(): Promise<Token> {
    const { url, clientId, clientSecret } = this.credentials
    const [secret, askedAtMs] = [secretText(clientSecret), this.clock.monotonicMs()]
    try {
      const { text, lifeSeconds } = readToken(await this.answerTo(secret))
      const renewAtMs = askedAtMs + Math.max(renewedAfterMsMin, lifeSeconds * 1000 * renewedAfterShare)
      return (this.current = { text, renewAtMs, endsAtMs: askedAtMs + lifeSeconds * 1000 })
    } catch (error) {
      const reason = new Redaction([secret, `${clientId}:${secret}`]).text(fetchFailure(error))
      const failure = new Error(`no token for ${this.where} from ${redactedUrl(url)}: ${reason}`)
      this.failure = { error: failure, untilMs: this.clock.monotonicMs() + pauseAfterFailureMs }
      throw failure
    }
  }

  private async answerTo(secret: string): Promise<Answer> {
    const { url, clientId, scope } = this.credentials
    const giveUp = new AbortController()
    const cancel = this.clock.after(answerMsMax, () => giveUp.abort(new Error(`no answer within ${answerMsMax} ms`)))
    try {
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) })
      const headers = { authorization: basic(clientId, secret), accept: 'application/json' }
      // A redirection would hand the secret on to another address.
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: giveUp.signal })
      return { status: response.status, text: await answerText(response, 'the token endpoint', answerBytesMax) }
    } finally {
      cancel()
    }
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** @throws Error that quotes nothing of the answer but the error that it states (RFC 6749, 5.2). */
function readToken({ status, text }: Answer): { readonly text: string; readonly lifeSeconds: number } {
  const stated = membersOf(text)
  if (status !== 200) throw new Error(`it answers ${status}${statedError(stated)}`)
  const { access_token: token, token_type: kind, expires_in: life } = stated
  if (typeof token !== 'string' || token === '' || !/^bearer$/i.test(String(kind))) throw new Error('its answer holds no bearer token')
  // Some endpoints write the number as a text.
  const lifeSeconds = Number(life ?? unknownLifeSeconds)
  return { text: token, lifeSeconds: lifeSeconds > 0 ? lifeSeconds : unknownLifeSeconds }
}

type Members = Readonly<Record<string, unknown>>

/** The members of a JSON object; anything else has none. A parser's error is not shown, as it quotes what may be a token. */
function membersOf(text: string): Members {
  try {
    const json: unknown = JSON.parse(text)
    return isJsonObject(json) ? json : {}
  } catch {
    return {}
  }
}

function statedError({ error, error_description: description }: Members): string {
  const reasons = [error, description].filter((reason) => typeof reason === 'string')
  return reasons
    .map((reason) => `, ${reason}`)
    .join('')
    .slice(0, reasonCharactersMax)
}

/** Both parts encoded as in a form (RFC 6749, 2.3.1), so that a colon in the name does not end it. */
function basic(name: string, secret: string): string {
  const [encodedName, encodedSecret] = [name, secret].map((text) => new URLSearchParams([['', text]]).toString().slice(1))
  return `Basic ${Buffer.from(`${encodedName}:${encodedSecret}`).toString('base64')}`
}
