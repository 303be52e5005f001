import type { EntityUpdate } from '../../authorize/entity-update.js'
import type { EntityRequest } from '#protocol/request.js'
import type { Sized } from './mailbox.js'
import type { Pace } from './pace.js'

/** What one takes in memory, with its place in a mailbox and among the open ones, in bytes. */
export const owedBytes = 200

/** What asks for the latest versions of an entity. */
export type SnapshotRequest = Extract<EntityRequest, { type: 'subscribe' }>

/** By which subscription a client is told of which entity. */
export type Told = Pick<EntityUpdate, 'entityId' | 'entityType' | 'subscription'>

/**
 * Waits in a mailbox like a frame, in place of the updates of an entity that are left out. What is sent for it is judged when it is sent: the
 * latest version by the rights of then, so that nothing waits that rights could overtake.
 */
export class Owed implements Sized {
  readonly kind = 'owed'
  readonly size = owedBytes
  mailboxes = 0
  /** How many events were left out of which the client is to be told. */
  missed = 0
  /** Another one of the same entity that is open. */
  next: Owed | undefined

  private constructor(
    readonly entityId: string,
    /** Undefined where it concerns every type whose latest versions are known. */
    readonly entityType: string | undefined,
    /** The collection by which the client is told; undefined where it has subscribed to the entity. */
    readonly subscription: string | undefined,
    /** Whether the client holds something of the entity, or may do so. */
    public isHeld: boolean,
    readonly pace: Pace | undefined,
    /** The request that is answered by it. */
    readonly snapshot: SnapshotRequest | undefined,
  ) {}

  /** @param update the first one that is left out, which it has yet to take in. */
  static insteadOf({ entityId, entityType, subscription, isNews }: EntityUpdate, pace: Pace | undefined): Owed {
    return new Owed(entityId, entityType, subscription, !isNews, pace, undefined)
  }

  /** @param mayHold whether the client may hold something of the entity. */
  static snapshot(request: SnapshotRequest, mayHold: boolean): Owed {
    return new Owed(request.entity_id, request.entity_type, undefined, mayHold, undefined, request)
  }

  covers({ entityType, subscription }: Told): boolean {
    return this.subscription === subscription && (this.entityType === undefined || this.entityType === entityType)
  }

  /** An update that is left out. Who wants the latest alone, or has none yet, misses nothing by that. */
  takeIn({ isEvent }: EntityUpdate): void {
    if (isEvent && this.pace === undefined && this.snapshot === undefined) this.missed++
  }
}
