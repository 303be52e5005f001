import type { Dialect } from '../authorize/entity-update.js'
import type { Claims } from '../authorize/rights.js'

/** Who is at the other end of a connection, as its verified token says. */
export interface Identity {
  readonly sub: string
  readonly clientId: string
  readonly roles: readonly string[]
  readonly claims: Claims
  /** Milliseconds since the epoch: when the token ends, and the connection with it. */
  readonly expiresAtMs: number
  readonly dialect: Dialect
}
