import { SentEntity, Subscription, type Subscriber } from './subscription.js'

/** Where a subscription counts for events. */
export interface SubscriptionListing {
  add(subscription: Subscription): void
  remove(subscription: Subscription): void
}

/** The subscriptions to one entity id, and what has been sent of it: one object, as a connection may have thousands. */
class EntitySubscriptions extends SentEntity {
  untyped: Subscription | undefined
  /** Undefined until there is one, as nearly always: an empty map takes 210 B. */
  typed: Map<string, Subscription> | undefined
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
    return entity !== undefined && (entityType === undefined ? entity.untyped !== undefined : entity.typed?.has(entityType) === true)
  }

  /** One that `has` does not know yet. */
  add(entityId: string, entityType: string | undefined): void {
    const entity = this.entityOf(entityId)
    const subscription = new Subscription(entityId, entityType, this.subscriber, entity)
    if (entityType === undefined) {
      for (const covered of typedOf(entity)) this.listing.remove(covered)
      entity.untyped = subscription
    } else (entity.typed ??= new Map()).set(entityType, subscription)
    if (entityType === undefined || entity.untyped === undefined) this.listing.add(subscription)
    this.count++
  }

  /** Whether there was such a subscription. */
  remove(entityId: string, entityType: string | undefined): boolean {
    const entity = this.entities.get(entityId)
    const subscription = entityType === undefined ? entity?.untyped : entity?.typed?.get(entityType)
    if (entity === undefined || subscription === undefined) return false
    this.listing.remove(subscription)
    if (entityType === undefined) {
      entity.untyped = undefined
      for (const uncovered of typedOf(entity)) this.listing.add(uncovered)
    } else if (entity.typed!.delete(entityType) && entity.typed!.size === 0) entity.typed = undefined
    if (entity.untyped === undefined && entity.typed === undefined) this.entities.delete(entityId)
    this.count--
    return true
  }

  *all(): Iterable<Subscription> {
    for (const entity of this.entities.values()) {
      if (entity.untyped !== undefined) yield entity.untyped
      yield* typedOf(entity)
    }
  }

  clear(): void {
    for (const subscription of this.all()) this.listing.remove(subscription)
    this.entities.clear()
    this.count = 0
  }

  private entityOf(entityId: string): EntitySubscriptions {
    let entity = this.entities.get(entityId)
    if (entity === undefined) this.entities.set(entityId, (entity = new EntitySubscriptions()))
    return entity
  }
}

function typedOf({ typed }: EntitySubscriptions): Iterable<Subscription> {
  return typed === undefined ? [] : typed.values()
}
