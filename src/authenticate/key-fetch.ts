import type { FetchImplementation } from 'jose'
import type { Clock } from '../clock.js'
import type { Log } from '../observe/log.js'

/** The keys cannot be had now; no fault of the token that asked for them. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
}

/** A key server that is away is asked once in this time, however many clients knock; once it is back, none waits longer. */
const pauseAfterFailureMs = 1_000

/**
 * Fetches a key set, but after a failure not again for a while. The library limits how often it fetches after a success
 * only: a key server in trouble would otherwise get a request for each client that tries to connect, and the log a line.
 * @throws KeysUnavailableError for whatever reason the key set cannot be had.
 */
export function keyFetch({ clock, log }: { clock: Clock; log: Log }): FetchImplementation {
  let pausedUntilMs = Number.NEGATIVE_INFINITY
  return async (url, options) => {
    if (clock.monotonicMs() < pausedUntilMs) throw new KeysUnavailableError('fetching the keys has just failed')
    try {
      return await fetchKeySet(url, options)
    } catch (error) {
      pausedUntilMs = clock.monotonicMs() + pauseAfterFailureMs
      log.warn({ reason: reasonOf(error) }, 'The keys that verify tokens cannot be fetched.')
      throw new KeysUnavailableError('fetching the keys failed', { cause: error })
    }
  }
}

async function fetchKeySet(...request: Parameters<FetchImplementation>): Promise<Response> {
  const response = await fetch(...request)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`the key server answered ${response.status}`)
  if (!isKeySet(text)) throw new Error('the key server answered with something that is no key set')
  return new Response(text)
}

function isKeySet(text: string): boolean {
  try {
    const answer = JSON.parse(text) as { keys?: unknown } | null
    return Array.isArray(answer?.keys)
  } catch {
    return false
  }
}

/** Node's fetch says only 'fetch failed'; why stands in the cause. Neither holds the URL, which may hold a secret. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
