import type { KnownState } from '../../authorize/entity-state.js'
import type { Dialect } from '#protocol/dialect.js'
import type { ConnectionSubscriptions } from './connection-subscriptions.js'
import type { CurrentRights } from './current-rights.js'
import type { KnownTypes } from './subscription-gate.js'

/** The client of a connection, without its socket: its dialect, what it may see, and what it has subscribed to. */
export interface Client {
  readonly dialect: Dialect
  readonly rights: CurrentRights
  readonly subscriptions: ConnectionSubscriptions
  readonly types: KnownTypes
  readonly state: KnownState
}
