import type { Claims } from '#policy/rights.js'
import type { Subprotocol } from '#protocol/dialect.js'

/** The user and client at the other end of a connection, as the verified token says. */
export interface Identity {
  readonly sub: string
  readonly clientId: string
  readonly roles: readonly string[]
  readonly claims: Claims
  /** Milliseconds since the epoch: when the token ends, and the connection with it. */
  readonly expiresAtMs: number
  /** The subprotocol that the answer to the upgrade names; undefined for the seed's protocol. */
  readonly subprotocol: Subprotocol | undefined
}
