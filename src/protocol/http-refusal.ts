import * as v from 'valibot'
import { httpErrors, retryAfterMs, type HttpErrorCode } from './codes.js'
import type { ServerMessage } from './message.js'

/** The error is any text to a reader, as a later server may know more of them; a proxy in between may leave it out. */
const shape = v.object({ error: v.optional(v.string()), message: v.string() })
export type HttpRefusal = v.InferOutput<typeof shape>

/** The body of an HTTP answer that refuses a request. */
export function writeRefusal(error: HttpErrorCode): string {
  const { message } = httpErrors[error]
  return JSON.stringify({ error, message } satisfies HttpRefusal)
}

/** What is said before the close code to somebody for whom waiting helps; undefined where it does not. */
export function refusalMessage(error: HttpErrorCode): ServerMessage | undefined {
  const retry_after_ms = retryAfterMs[error]
  return retry_after_ms === undefined ? undefined : { type: 'error', message: httpErrors[error].message, code: error, retry_after_ms }
}

/** Undefined for what the server did not write, such as a proxy's page. */
export function readRefusal(body: string): HttpRefusal | undefined {
  try {
    const result = v.safeParse(shape, JSON.parse(body))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
