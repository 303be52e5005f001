import { SentEntity, Subscription, type Subscriber } from './subscription.js'

/** Where a subscription counts for events. */
export interface SubscriptionListing {
  add(subscription: Subscription): void
  remove(subscription: Subscription): void
}

interface EntitySubscriptions {
  untyped: Subscription | undefined
  readonly typed: Map<string, Subscription>
  readonly sent: SentEntity
}

/**
 * The subscriptions of one connection. One without a type covers those to the same id with a type: only it is listed, so that
 * an event which several of them match is delivered once, at no cost for each event.
 */
export class ConnectionSubscriptions {
  private readonly entities = new Map<string, EntitySubscriptions>()
  private count = 0

  constructor(
    private readonly listing: SubscriptionListing,
    private readonly subscriber: Subscriber,
  ) {}

  get size(): number {
    return this.count
  }

  has(entityId: string, entityType: string | undefined): boolean {
    const entity = this.entities.get(entityId)
    return entity !== undefined && (entityType === undefined ? entity.untyped !== undefined : entity.typed.has(entityType))
  }

  /** One that `has` does not know yet. */
  add(entityId: string, entityType: string | undefined): void {
    const entity = this.entityOf(entityId)
    const subscription = new Subscription(entityId, entityType, this.subscriber, entity.sent)
    if (entityType === undefined) {
      for (const covered of entity.typed.values()) this.listing.remove(covered)
      entity.untyped = subscription
    } else entity.typed.set(entityType, subscription)
    if (entityType === undefined || entity.untyped === undefined) this.listing.add(subscription)
    this.count++
  }

  /** Whether there was such a subscription. */
  remove(entityId: string, entityType: string | undefined): boolean {
    const entity = this.entities.get(entityId)
    const subscription = entityType === undefined ? entity?.untyped : entity?.typed.get(entityType)
    if (entity === undefined || subscription === undefined) return false
    this.listing.remove(subscription)
    if (entityType === undefined) {
      entity.untyped = undefined
      for (const uncovered of entity.typed.values()) this.listing.add(uncovered)
    } else entity.typed.delete(entityType)
    if (entity.untyped === undefined && entity.typed.size === 0) this.entities.delete(entityId)
    this.count--
    return true
  }

  *all(): Iterable<Subscription> {
    for (const { untyped, typed } of this.entities.values()) {
      if (untyped !== undefined) yield untyped
      yield* typed.values()
    }
  }

  clear(): void {
    for (const { untyped, typed } of this.entities.values()) {
      if (untyped !== undefined) this.listing.remove(untyped)
      for (const subscription of typed.values()) this.listing.remove(subscription)
    }
    this.entities.clear()
    this.count = 0
  }

  private entityOf(entityId: string): EntitySubscriptions {
    let entity = this.entities.get(entityId)
    if (entity === undefined) this.entities.set(entityId, (entity = { untyped: undefined, typed: new Map(), sent: new SentEntity() }))
    return entity
  }
}
