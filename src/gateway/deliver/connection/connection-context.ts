import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import type { Meter } from '../../observe/meter.js'
import type { NoteFault } from '../../observe/judging-faults.js'
import type { Backlog, ConnectionMessage } from '../backlog/backlog.js'
import type { ActorScheduler } from './actor-scheduler.js'
import type { Connection } from './connection.js'
import type { SubscriptionListing } from './connection-subscriptions.js'
import type { KnownTypes } from './subscription-gate.js'
import type { SubscriptionQuota } from './subscription-quota.js'

export interface ConnectionLimits {
  /** Of what waits for one connection. */
  readonly mailboxBytesMax: number
  /** Of all connections together, what is in their sockets too. */
  readonly mailboxesBytesMax: number
}

/** What all connections of this node share. */
export interface ConnectionContext {
  readonly scheduler: ActorScheduler
  readonly index: SubscriptionListing
  readonly types: KnownTypes
  readonly limits: ConnectionLimits
  readonly quota: SubscriptionQuota
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
  readonly noteFault: NoteFault
  /** Empty, with the policy for a client that reads too slowly. */
  readonly createBacklog: () => Backlog<ConnectionMessage>
  /** The connection's socket has gone. */
  readonly left: (connection: Connection, code: number, byThisSide: boolean, lingers: boolean) => void
  /** More waits for all connections together than may. Not called amid a write. */
  readonly overfull: () => void
}
