import { httpErrors, retryAfterMs, type HttpErrorCode } from './codes.js'
import type { ServerMessage } from './message.js'

/** The body of an HTTP answer that refuses a request. */
export function writeRefusal(error: HttpErrorCode): string {
  const { message } = httpErrors[error]
  return JSON.stringify({ error, message })
}

/**
 * What is said before the close code to somebody for whom waiting helps; undefined where it does not.
 * @param chance from 0 up to 1: how long.
 */
export function refusalMessage(error: HttpErrorCode, chance: number): ServerMessage | undefined {
  const retry_after_ms = retryAfterMs(error, chance)
  return retry_after_ms === undefined ? undefined : { type: 'error', message: httpErrors[error].message, code: error, retry_after_ms }
}
