import type { Receiver } from '../authorize/authorize.js'
import type { EntityUpdate, Frame } from '../authorize/entity-update.js'
import type { Audience } from '../authorize/rights.js'

/** Whoever takes the frames of a subscription: its connection. */
export interface Subscriber {
  audienceOf(entityType: string): Audience | undefined
  frameOf(update: EntityUpdate): Frame
  tell(frame: Frame): void
}

/** The types under which one entity id has been sent on one connection: nearly always one. */
export class SentTypes {
  private latest: string | undefined
  private others: Set<string> | undefined

  has(entityType: string): boolean {
    return this.latest === entityType || (this.others?.has(entityType) ?? false)
  }

  add(entityType: string): void {
    if (this.latest === entityType) return
    if (this.latest !== undefined) (this.others ??= new Set()).add(this.latest)
    this.latest = entityType
  }
}

/** One connection's wish for one entity id, of one type or of whichever. */
export class Subscription implements Receiver {
  constructor(
    readonly entityId: string,
    readonly entityType: string | undefined,
    private readonly subscriber: Subscriber,
    private readonly sentTypes: SentTypes,
  ) {}

  audienceOf(entityType: string): Audience | undefined {
    return this.subscriber.audienceOf(entityType)
  }

  wasSent(entityType: string): boolean {
    return this.sentTypes.has(entityType)
  }

  deliver(update: EntityUpdate, entityType: string): void {
    this.subscriber.tell(this.subscriber.frameOf(update))
    this.sentTypes.add(entityType)
  }
}
