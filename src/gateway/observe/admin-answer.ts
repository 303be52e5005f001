import type { IncomingHttpHeaders } from 'node:http'

/** What somebody asks the admin port. */
export interface AdminRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** From where. */
  readonly address: string
  /** The body, as text, where it is asked for. @throws AdminRefusal where it is too long. */
  body(): Promise<string>
}

export interface AdminAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export type AdminRoute = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>

/** By method and path: `GET /metrics`. */
export type AdminRoutes = Readonly<Record<string, AdminRoute>>

/** Thrown where a request ends before its answer was worked out. */
export class AdminRefusal extends Error {
  override readonly name = 'AdminRefusal'

  constructor(readonly answer: AdminAnswer) {
    super(`The admin port refuses with ${answer.status}.`)
  }
}

export function jsonAnswer(status: number, body: object): AdminAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}
