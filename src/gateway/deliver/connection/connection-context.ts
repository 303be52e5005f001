import type { KnownState } from '../../authorize/entity-state.js'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import type { Meter } from '../../observe/meter.js'
import type { NoteFault } from '../../observe/judging-faults.js'
import type { Collections } from '../../collections/collections.js'
import type { Backlog, ConnectionMessage } from '../backlog/backlog.js'
import type { ActorScheduler } from './actor-scheduler.js'
import type { Connection } from './connection.js'
import type { SubscriptionListing } from './connection-subscriptions.js'
import type { KnownTypes } from './subscription-gate.js'
import type { TokenRenewals } from './token-renewals.js'
import type { Greeting } from '#protocol/message.js'
import type { SubscriptionQuota } from './subscription-quota.js'

export interface ConnectionLimits {
  /** The limit of the backlog of one connection. */
  readonly mailboxBytesMax: number
  /** The limit of all connections together, their sockets' buffers included. */
  readonly mailboxesBytesMax: number
}

/** What all connections of this node share. */
export interface ConnectionContext {
  readonly scheduler: ActorScheduler
  readonly index: SubscriptionListing
  readonly collections: Collections
  readonly types: KnownTypes
  readonly state: KnownState
  readonly limits: ConnectionLimits
  readonly quota: SubscriptionQuota
  /** What a client is told of this node first. */
  readonly greeting: Greeting
  readonly renewals: TokenRenewals
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
  readonly noteFault: NoteFault
  /** Makes an empty backlog with the policy for slow readers. */
  readonly createBacklog: () => Backlog<ConnectionMessage>
  /** The connection's socket has gone. */
  readonly departed: (connection: Connection, code: number, byThisSide: boolean, lingers: boolean) => void
  /** All connections together hold more than they may. Not called during a write. */
  readonly overfull: () => void
}
