import type { KnownState } from '../../authorize/entity-state.js'
import type { Frame } from '../../authorize/entity-update.js'
import type { ReplayRoom } from '../../authorize/replays.js'
import type { Meter } from '../../observe/meter.js'
import type { Dialect } from '#protocol/dialect.js'
import type { EntityRequest, Request } from '#protocol/request.js'
import type { Owed } from '../backlog/owed.js'
import type { ConnectionCollections } from './connection-collections.js'
import type { ConnectionSubscriptions } from './connection-subscriptions.js'
import type { CurrentRights } from './current-rights.js'
import type { KnownTypes } from './subscription-gate.js'

export type Subscribe = Extract<EntityRequest, { type: 'subscribe' }>
export type Unsubscribe = Extract<EntityRequest, { type: 'unsubscribe' }>
export type Authenticate = Extract<Request, { type: 'authenticate' }>

/** The client of a connection, without its socket: its dialect, what it may see, and what it has subscribed to. */
export interface Client {
  readonly dialect: Dialect
  readonly rights: CurrentRights
  readonly subscriptions: ConnectionSubscriptions
  readonly collections: ConnectionCollections
  readonly types: KnownTypes
  readonly state: KnownState
  readonly meter: Pick<Meter, 'gaps' | 'snapshots' | 'protocolErrors' | 'framesWithdrawn'>
  readonly replayRoom: ReplayRoom
  /** A number from 0 up to 1. */
  readonly random: () => number
  /** Whether the client is first told of a later version of the entity than the latest of now may be. */
  owes(entityId: string, entityType: string): boolean
  /** Whether the client holds something of an entity of a collection, as what is owed before was told: it decides how what is owed behind is told. */
  noteHeld(owed: Owed, isHeld: boolean): void
  /** Ends the subscription to a collection: nothing is owed of it any more. Answers whether there was one. */
  leaveCollection(id: string): boolean
  /** Keeps a request whose cursor is ahead until this node has read as far. */
  waitToRead(request: Subscribe): void
  /** The requests that waited so, and wait no more, as this one is about the same entity. */
  overtakenBy(request: EntityRequest): readonly Subscribe[]
  /** Begins to verify another token. Answers what is to be said at once. */
  authenticate(request: Authenticate): readonly Frame[]
}
