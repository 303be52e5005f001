import type { Dialect } from '#protocol/dialect.js'
import type { ConnectionSubscriptions } from './connection-subscriptions.js'
import type { CurrentRights } from './current-rights.js'
import type { KnownTypes } from './subscription-gate.js'

/** Whoever is at the other end of a connection, without its socket: how it speaks, what it may see, and what it has asked for. */
export interface Client {
  readonly dialect: Dialect
  readonly rights: CurrentRights
  readonly subscriptions: ConnectionSubscriptions
  readonly types: KnownTypes
}
