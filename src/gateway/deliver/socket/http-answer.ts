import { STATUS_CODES } from 'node:http'
import { httpErrors, retryAfterMs, type HttpErrorCode } from '#protocol/codes.js'
import { writeRefusal } from '#protocol/http-refusal.js'

export interface HttpAnswer {
  /** Number and words, as in the first line of an HTTP response. */
  readonly status: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** @param chance from 0 up to 1: how long somebody for whom waiting helps is to wait. */
export function refusalAnswer(error: HttpErrorCode, chance = 0): HttpAnswer {
  const { status } = httpErrors[error]
  return jsonAnswer(status, writeRefusal(error), extraHeaders(error, chance))
}

/** The answer to a health check. It gives no details, as this port is open to everyone. */
export function healthAnswer(isWell: boolean): HttpAnswer {
  return isWell ? jsonAnswer(200, '{"status":"ok"}') : jsonAnswer(503, '{"status":"unavailable"}')
}

function extraHeaders(error: HttpErrorCode, chance: number): Record<string, string> {
  if (httpErrors[error].status === 401) return { 'WWW-Authenticate': 'Bearer' }
  const ms = retryAfterMs(error, chance)
  return ms === undefined ? {} : { 'Retry-After': String(Math.ceil(ms / 1000)) }
}

function jsonAnswer(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status: `${status} ${STATUS_CODES[status]!}`,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body,
  }
}
