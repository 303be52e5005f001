import type { Receiver } from '../../authorize/authorize.js'
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Audience } from '#policy/rights.js'
import { SentTimes } from '../../route/sent-times.js'

/** Whoever takes the frames of a subscription: its connection. */
export interface Subscriber {
  readonly identity: { readonly sub: string }
  audienceOf(entityType: string): Audience | undefined
  frameOf(update: EntityUpdate): Frame
  tell(frame: Frame): void
  /** Ends it, as it has missed an update that it cannot be told of. Never throws. */
  fail(error: unknown): void
}

/** What one connection has been sent of one entity id: of each type, whether it is there or gone. Nearly always one type. */
export class SentEntity extends SentTimes {
  private latestType: string | undefined
  private latestIsGone = false
  private otherStates: Map<string, boolean> | undefined

  isThere(entityType: string): boolean {
    return this.goneState(entityType) === false
  }

  isGone(entityType: string): boolean {
    return this.goneState(entityType) === true
  }

  note(entityType: string, isGone: boolean): void {
    if (this.latestType !== entityType) this.turnTo(entityType)
    this.latestIsGone = isGone
  }

  private goneState(entityType: string): boolean | undefined {
    return this.latestType === entityType ? this.latestIsGone : this.otherStates?.get(entityType)
  }

  private turnTo(entityType: string): void {
    if (this.latestType !== undefined) (this.otherStates ??= new Map()).set(this.latestType, this.latestIsGone)
    this.latestType = entityType
  }
}

/** One connection's wish for one entity id, of one type or of whichever. */
export class Subscription implements Receiver {
  constructor(
    readonly entityId: string,
    readonly entityType: string | undefined,
    private readonly subscriber: Subscriber,
    private readonly sent: SentEntity,
  ) {}

  get owner(): string {
    return this.subscriber.identity.sub
  }

  get sentTimes(): SentTimes {
    return this.sent
  }

  audienceOf(entityType: string): Audience | undefined {
    return this.subscriber.audienceOf(entityType)
  }

  wasSent(entityType: string): boolean {
    return this.sent.isThere(entityType)
  }

  wasToldOfDelete(entityType: string): boolean {
    return this.sent.isGone(entityType)
  }

  /** Never throws: what one subscriber throws ends that one, and the others get theirs. */
  deliver(update: EntityUpdate): void {
    try {
      this.subscriber.tell(this.subscriber.frameOf(update))
      this.sent.note(update.entityType, update.event.operation === 'delete')
    } catch (error) {
      this.subscriber.fail(error)
    }
  }
}
