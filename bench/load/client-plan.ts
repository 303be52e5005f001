import type { Subprotocol } from '#protocol/dialect.js'
import type { EntityRequest } from '#protocol/request.js'

/** One client to be. */
export interface ClientPlan {
  readonly url: string
  readonly token: string
  /** What it is called where a sample of what it received is judged. */
  readonly role: string
  /** Whether it may see the events of its entities at all. */
  readonly sees: boolean
  /** Whether its latencies count. */
  readonly timed: boolean
  /** The numbers of the entities that it subscribes to. */
  readonly entities: readonly number[]
  /** It takes no more than this while events are fed; undefined: all that there is. */
  readonly bytesPerSecond?: number
  /** The seed's dialect unless told. */
  readonly subprotocol?: Subprotocol
  /** It connects, and subscribes when it is told to. */
  readonly subscribesLater?: boolean
  /** Whether it keeps the cursors of what it holds, so that another one can go on from there. */
  readonly keepsCursors?: boolean
  /** It subscribes to the collection that passes this, which are its entities, and to none of them by itself. */
  readonly where?: Readonly<Record<string, unknown>>
  /** Of its entities, in their order: what it goes on from. */
  readonly cursors?: readonly string[]
  /** Where it goes when its server asks it to leave, or has ended. */
  readonly movesTo?: string
  /** socket.io has messages of its own around those of the protocol. */
  readonly socketIo?: boolean
}

/** What a request to subscribe says besides its entity. */
export type SubscriptionOptions = Partial<Pick<Extract<EntityRequest, { type: 'subscribe' }>, 'entity_type' | 'snapshot' | 'since'>>
