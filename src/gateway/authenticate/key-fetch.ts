import type { FetchImplementation } from 'jose'
import type { Clock } from '#clock.js'
import type { CallCounts } from '../observe/call-counts.js'
import { answerText, fetchFailure } from '#http-answer.js'
import type { Log } from '#log.js'
import { redactedUrl } from '#text/redaction.js'

/** The keys cannot be fetched now, which is no fault of the token that needs them. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
}

/** A key server that is away is asked once in this time, however many clients try to connect. When it is back, none waits longer. */
const pauseAfterFailureMs = 1_000

/** A key server that stays away is logged at once and then once in this time. */
const tellAgainMs = 60_000

/** Key sets have some kilobytes. Anything else at the address must not fill the memory. */
const keySetBytesMax = 1024 * 1024

/**
 * Fetches a key set, and pauses after a failure. The library limits its fetches only after a success, so a key server in trouble would get
 * a request for each client that tries to connect.
 * @throws KeysUnavailableError where the key set cannot be had, for any reason.
 */
export function keyFetch({ clock, log }: { clock: Clock; log: Log }, calls: CallCounts): FetchImplementation {
  let pausedUntilMs = Number.NEGATIVE_INFINITY
  let reason = ''
  const failures = new ToldFailures(clock, log)
  return async (url, options) => {
    if (clock.monotonicMs() < pausedUntilMs) throw new KeysUnavailableError(reason)
    try {
      const answer = await calls.count(fetchKeySet(url, options))
      failures.recovered(url)
      return answer
    } catch (error) {
      pausedUntilMs = clock.monotonicMs() + pauseAfterFailureMs
      reason = fetchFailure(error)
      failures.failed(url, reason)
      throw new KeysUnavailableError(reason, { cause: error })
    }
  }
}

/** Logs a failure when it begins, when its reason changes, and once in a while as long as it lasts. */
class ToldFailures {
  private count = 0
  private reason: string | undefined
  private toldAtMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  failed(url: string, reason: string): void {
    this.count++
    const nowMs = this.clock.monotonicMs()
    if (reason === this.reason && nowMs - this.toldAtMs < tellAgainMs) return
    this.reason = reason
    this.toldAtMs = nowMs
    this.log.warn({ url: redactedUrl(url), reason, failures: this.count }, 'The keys that verify tokens cannot be fetched.')
  }

  recovered(url: string): void {
    if (this.count > 0) this.log.info({ url: redactedUrl(url), failures: this.count }, 'The keys that verify tokens can be fetched again.')
    this.count = 0
    this.reason = undefined
  }
}

async function fetchKeySet(...[url, options]: Parameters<FetchImplementation>): Promise<Response> {
  const response = await fetch(...withLogin(url, options))
  if (response.status !== 200) throw new Error(`the key server answered ${response.status}`)
  const text = await answerText(response, 'the key server', keySetBytesMax)
  if (!isKeySet(text)) throw new Error('the key server answered with something that is no key set')
  return new Response(text)
}

/** Moves an address's login into the header: fetch itself refuses addresses with a login, and repeats them in its error. */
function withLogin(...[url, options]: Parameters<FetchImplementation>): [string, RequestInit] {
  const address = new URL(url)
  const { username, password } = address
  if (username === '' && password === '') return [url, options]
  address.username = address.password = ''
  const headers = new Headers(options.headers)
  headers.set('authorization', `Basic ${Buffer.from(decodeURIComponent(`${username}:${password}`)).toString('base64')}`)
  return [address.href, { ...options, headers }]
}

function isKeySet(text: string): boolean {
  try {
    const answer = JSON.parse(text) as { keys?: unknown } | null
    return Array.isArray(answer?.keys) && answer.keys.every((key) => typeof key === 'object' && key !== null && !Array.isArray(key))
  } catch {
    return false
  }
}
