import { STATUS_CODES } from 'node:http'
import { httpErrors, type HttpErrorCode } from '#protocol/codes.js'
import { writeRefusal } from '#protocol/http-refusal.js'

export interface HttpAnswer {
  /** Number and words, as in the first line of an HTTP response. */
  readonly status: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Long enough for another client to have left, or for this process to be replaced. */
const retryAfterSeconds = 5

export function refusalAnswer(error: HttpErrorCode): HttpAnswer {
  const { status } = httpErrors[error]
  return jsonAnswer(status, writeRefusal(error), extraHeaders(status))
}

/** The answer to a health check. It gives no details, as this port is open to everyone. */
export function healthAnswer(isWell: boolean): HttpAnswer {
  return isWell ? jsonAnswer(200, '{"status":"ok"}') : jsonAnswer(503, '{"status":"unavailable"}')
}

function extraHeaders(status: number): Record<string, string> {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer' }
  return status === 503 || status === 429 ? { 'Retry-After': String(retryAfterSeconds) } : {}
}

function jsonAnswer(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status: `${status} ${STATUS_CODES[status]!}`,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body,
  }
}
