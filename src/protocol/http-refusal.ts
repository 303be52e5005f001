import { httpErrors, retryAfterMs, type HttpErrorCode } from './codes.js'
import type { ServerMessage } from './message.js'

/** The body of an HTTP answer that refuses a request. */
export function writeRefusal(error: HttpErrorCode): string {
  const { message } = httpErrors[error]
  return JSON.stringify({ error, message })
}

/** What is said before the close code to somebody for whom waiting helps; undefined where it does not. */
export function refusalMessage(error: HttpErrorCode): ServerMessage | undefined {
  const retry_after_ms = retryAfterMs[error]
  return retry_after_ms === undefined ? undefined : { type: 'error', message: httpErrors[error].message, code: error, retry_after_ms }
}
