import type { Client, SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js'
import { Agent } from 'node:https'
import { ConfigurationError } from '#errors.js'
import { type AskToken, isBearerToken, type Secret, secretText } from '#login/secret.js'
import { contextOfUrl } from './registry-context.js'
import { redactedUrl } from '#text/redaction.js'
import { RegistryError } from './schema-registry.js'

// The only file that knows the registry's package. What enters: a question. What leaves: what the registry answered, unchecked, or a
// RegistryError. Of the package it imports one module: its index loads encryption, rules and formats as well, which is 1,433 files and
// 1 s of CPU instead of 225 and 0.27 s, and would make 11 MB of the publisher's bundle.

export type { Client as RegistryClient, SchemaInfo } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js'

export interface ConfluentRegistryOptions {
  /** The root of Confluent's API; of several, which must be about one context, the next one is asked where one does not answer. */
  readonly url: string | readonly string[]
  readonly user?: string | undefined
  /** A function is called for each call. */
  readonly password?: Secret | undefined
  /** A bearer token in the place of user and password. A function is called for each call. */
  readonly token?: string | AskToken | undefined
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** PEM texts of an authority and of the client's certificate; called for each call. */
  readonly tls?: (() => RegistryPems) | undefined
  /** The time limit of a call at one address, in milliseconds, all its references included. */
  readonly timeoutMs: number
}

export interface RegistryPems {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** What one answer may hold, in bytes: registries take schemas of a megabyte at most by default, and requests of 10 MB. */
const answerBytesMax = 16 * 1024 * 1024
/** How much of a registry's reason is shown: some reasons hold both schemas, and nobody reads so much. */
const reasonCharactersMax = 500

export class ConfluentClient {
  /** The registry's context that its questions are about. */
  readonly context: string

  /** The address that answered last comes first. */
  private urls: readonly string[]

  private constructor(
    private readonly ClientOfPackage: typeof SchemaRegistryClient,
    private readonly options: ConfluentRegistryOptions,
  ) {
    this.urls = [options.url].flat()
    this.context = contextOfUrl(this.urls[0]!)
    const stray = this.urls.find((url) => contextOfUrl(url) !== this.context)
    if (stray !== undefined)
      throw new ConfigurationError(`The registry at ${redactedUrl(stray)} is asked about another context than the first.`)
  }

  /**
   * Sends no request yet. The client takes 0.3 s to load, so it is only loaded where it is used.
   * @throws ConfigurationError where the addresses are about different contexts.
   */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentClient> {
    const { SchemaRegistryClient } = await import('@confluentinc/schemaregistry/dist/schemaregistry-client.js')
    return new ConfluentClient(SchemaRegistryClient, options)
  }

  /** The address that is asked first, for messages, without its login. */
  get address(): string {
    return redactedUrl(this.urls[0]!)
  }

  /**
   * Asks one address after the other until one answers.
   * @param what the call is about, for its error. @throws RegistryError
   */
  async call<T>(what: string, ask: (client: Client) => Promise<T>): Promise<T> {
    const failures: string[] = []
    for (const url of this.urls) {
      try {
        const answer = await this.askAt(url, ask)
        if (failures.length > 0) this.urls = [url, ...this.urls.filter((other) => other !== url)]
        return answer
      } catch (error) {
        const { kind, message } = error as RegistryError
        if (kind !== 'unavailable') throw errorAbout(what, error as RegistryError)
        failures.push(`${message} (at ${redactedUrl(url)})`)
      }
    }
    throw errorAbout(what, unavailable(failures.join('; ')))
  }

  /** @throws RegistryError */
  private async askAt<T>(url: string, ask: (client: Client) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.options
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await ask(await this.newClient(url, signal))
    } catch (error) {
      throw signal.aborted ? unavailable(`no answer within ${timeoutMs} ms`) : asRegistryError(error)
    }
  }

  /**
   * Each call has its own client: the calls of one client wait for each other, so one that hangs would stop all others. A client tries
   * once, as its callers try again, and it caches nothing, as its callers keep the answers.
   */
  private async newClient(url: string, signal: AbortSignal): Promise<Client> {
    const { user, password, tls } = this.options
    const defaults = { signal, maxContentLength: answerBytesMax, headers: await headersOf(this.options) }
    return new this.ClientOfPackage({
      baseURLs: [url],
      maxRetries: 0,
      createAxiosDefaults: { ...defaults, ...(tls !== undefined && { httpsAgent: agentWith(tls) }) },
      ...(user !== undefined && {
        basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: `${user}:${secretText(password ?? '')}` },
      }),
    })
  }
}

/** The package takes tokens for Confluent's cloud alone. @throws RegistryError where the token cannot be had. */
async function headersOf({ token, headers }: ConfluentRegistryOptions): Promise<Record<string, string>> {
  if (token === undefined) return { ...headers }
  const text = typeof token === 'string' ? token : await told(token)
  if (!isBearerToken(text)) throw unavailable('what was to be the token for the registry is none')
  return { ...headers, authorization: `Bearer ${text}` }
}

/** An agent of one call: its files are those of now. */
function agentWith(tls: () => RegistryPems): Agent {
  const { ca, cert, key } = toldNow(tls)
  return new Agent({ ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) })
}

/** What cannot be read or fetched now may be there the next time. Its error says which, without a secret. */
async function told(token: AskToken): Promise<string> {
  try {
    return await token()
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : 'there is no token for the registry')
  }
}

function toldNow(tls: () => RegistryPems): RegistryPems {
  try {
    return tls()
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : 'there are no certificates for the registry')
  }
}

/**
 * Keeps only parts of a failure that cannot hold a secret: its status or its code, and the registry's reason against a schema. Servers in
 * between may answer anything (a load balancer its own 404, a proxy a page), and such an answer is worth another try.
 */
function asRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  if (isUnknown(error)) return notFound()
  const { status, code, message } = error as Record<'status' | 'code' | 'message', unknown>
  if (status === 404) return unavailable('HTTP status 404, and what answers at this address is not the root of its API')
  if (status === 409 || status === 422) {
    const reason = String(message).slice(0, reasonCharactersMax)
    return new RegistryError('refused', status === 409 ? reason : `HTTP status 422: ${reason}`)
  }
  if (typeof status === 'number') return unavailable(`HTTP status ${status}`)
  if (code === 'ERR_BAD_RESPONSE') return unavailable(`the answer cannot be read or has more than ${answerBytesMax} bytes`)
  return unavailable(typeof code === 'string' ? code : 'no answer')
}

/** The codes of Confluent's registry and of Apicurio for an unknown subject, version and schema. */
const unknownCodes: ReadonlySet<unknown> = new Set([40401, 40402, 40403])
/** The code for the level of a subject that has no level of its own. */
const levelUnknownCode = 40408

export function isLevelUnknown(error: unknown): boolean {
  return (error as { errorCode?: unknown }).errorCode === levelUnknownCode
}

/** Whether the registry itself has said that it does not know what it was asked for. */
export function isUnknown(error: unknown): boolean {
  const { status, errorCode } = error as { status?: unknown; errorCode?: unknown }
  return status === 404 && unknownCodes.has(errorCode)
}

function errorAbout(what: string, { kind, message }: RegistryError): RegistryError {
  return new RegistryError(kind, `${what}: ${message}`)
}

export function invalid(message: string): RegistryError {
  return new RegistryError('invalid', message)
}

export function notFound(): RegistryError {
  return new RegistryError('not_found', 'the registry does not know it')
}

export function unavailable(message: string): RegistryError {
  return new RegistryError('unavailable', message)
}
