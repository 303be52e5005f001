import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { SubscriptionOptions } from '../backlog/conflation.js'
import type { SubscriptionQuota } from './subscription-quota.js'
import { SentEntity, Subscription, type Subscriber } from './subscription.js'

/** The list of subscriptions that receive events. */
export interface SubscriptionListing {
  add(subscription: Subscription): void
  remove(subscription: Subscription): void
  /** As `change` makes the rights of these subscriptions others. From then on an event of theirs compares their pages first. */
  regroupAmid(subscriptions: readonly Subscription[], change: () => void): void
  /** The pages of these subscriptions were compared with the rights of now. */
  noteCompared(subscriptions: Iterable<Subscription>): void
}

/** The subscriptions to one entity id, and what has been sent of it. Both are one object, as a connection may have thousands. */
class EntitySubscriptions extends SentEntity {
  untyped: Subscription | undefined
  /** Undefined until there is one, which is rare: an empty map takes 210 B. */
  typed: Map<string, Subscription> | undefined

  constructor(readonly entityId: string) {
    super()
  }
}

/**
 * The subscriptions of one connection. One without a type covers those to the same id with a type. Then only that one is listed, so that an
 * event which several of them match is delivered once, at no cost for each event.
 */
export class ConnectionSubscriptions {
  /** Kept outside the map, as a client that watches one entity needs no map. */
  private first: EntitySubscriptions | undefined
  private others: Map<string, EntitySubscriptions> | undefined
  private count = 0

  constructor(
    private readonly listing: SubscriptionListing,
    private readonly subscriber: Subscriber,
    private readonly quota: SubscriptionQuota,
  ) {}

  get size(): number {
    return this.count
  }

  has(entityId: string, entityType: string | undefined): boolean {
    return this.get(entityId, entityType) !== undefined
  }

  /** The limit that allows no further subscription, if any. */
  limitReached(): ProtocolErrorCode | undefined {
    return this.quota.limitReached(this.subscriber.identity.sub, this.count)
  }

  /** Adds a subscription, or replaces the options of the one that is there. */
  put(entityId: string, entityType: string | undefined, options: SubscriptionOptions): void {
    const known = this.get(entityId, entityType)
    if (known === undefined) this.add(entityId, entityType, options)
    else known.options = options
  }

  private add(entityId: string, entityType: string | undefined, options: SubscriptionOptions): void {
    const entity = this.find(entityId) ?? this.newEntity(entityId)
    const subscription = new Subscription(entityId, entityType, this.subscriber, entity, options)
    subscription.notePageCompared()
    if (entityType === undefined) {
      for (const covered of typedOf(entity)) this.listing.remove(covered)
      entity.untyped = subscription
    } else (entity.typed ??= new Map()).set(entityType, subscription)
    if (entityType === undefined || entity.untyped === undefined) this.listing.add(subscription)
    this.counted(1)
  }

  /** Answers whether there was such a subscription. */
  remove(entityId: string, entityType: string | undefined): boolean {
    const entity = this.find(entityId)
    const subscription = this.get(entityId, entityType)
    if (entity === undefined || subscription === undefined) return false
    // What was covered is listed before: an entity that nobody lists counts as compared with the rights of now when somebody comes.
    if (entityType === undefined) for (const uncovered of typedOf(entity)) this.listing.add(uncovered)
    this.listing.remove(subscription)
    if (entityType === undefined) entity.untyped = undefined
    else if (entity.typed!.delete(entityType) && entity.typed!.size === 0) entity.typed = undefined
    if (entity.untyped === undefined && entity.typed === undefined) this.forget(entity)
    this.counted(-1)
    return true
  }

  /** Keeps a place for what may become a subscription. */
  reserve(): void {
    this.counted(1)
  }

  release(places: number): void {
    this.counted(-places)
  }

  *all(): Iterable<Subscription> {
    if (this.first !== undefined) yield* subscriptionsOf(this.first)
    if (this.others !== undefined) for (const entity of this.others.values()) yield* subscriptionsOf(entity)
  }

  /**
   * Notes whether the latest frame about the entity told this connection that it is gone. An entity that is no longer shown counts as gone.
   */
  noteState(entityId: string, entityType: string, isGone: boolean): void {
    this.find(entityId)?.noteState(entityType, isGone)
  }

  /** Whether the latest frame about the entity told this connection that it is there. */
  isThere(entityId: string, entityType: string): boolean {
    return this.find(entityId)?.isThere(entityType) === true
  }

  /** What this connection was told of the entity stands by the rights of now. */
  noteCompared(entityId: string, entityType: string): void {
    this.find(entityId)?.noteTypeRights(entityType, this.subscriber.rights.inForceNow)
  }

  /** What is wished of the subscription through which updates of the type come. */
  optionsOf(entityId: string, entityType: string): SubscriptionOptions | undefined {
    const entity = this.find(entityId)
    return (entity?.untyped ?? entity?.typed?.get(entityType))?.options
  }

  /** Those through which updates come: of one entity either the one without a type, or one for each type. */
  listedOf(entityId: string): readonly Subscription[] {
    const entity = this.find(entityId)
    return entity === undefined ? [] : listedIn(entity)
  }

  /** By entity: those through which updates come. */
  *listed(): Generator<readonly Subscription[]> {
    if (this.first !== undefined) yield listedIn(this.first)
    if (this.others !== undefined) for (const entity of this.others.values()) yield listedIn(entity)
  }

  /** Whatever is listed finds its place by the rights that the subscriber has behind `change`. */
  regroupAmid(change: () => void): void {
    this.listing.regroupAmid([...this.listed()].flat(), change)
  }

  /** All of the page stands by the rights of now. */
  noteAllCompared(): void {
    for (const listed of this.listed()) this.listing.noteCompared(listed)
  }

  clear(): void {
    for (const subscription of this.all()) this.listing.remove(subscription)
    this.first = this.others = undefined
    this.counted(-this.count)
  }

  private counted(change: number): void {
    this.count += change
    this.quota.count(this.subscriber.identity.sub, change)
  }

  private get(entityId: string, entityType: string | undefined): Subscription | undefined {
    const entity = this.find(entityId)
    return entityType === undefined ? entity?.untyped : entity?.typed?.get(entityType)
  }

  private find(entityId: string): EntitySubscriptions | undefined {
    return this.first?.entityId === entityId ? this.first : this.others?.get(entityId)
  }

  private newEntity(entityId: string): EntitySubscriptions {
    const entity = new EntitySubscriptions(entityId)
    if (this.first === undefined) this.first = entity
    else (this.others ??= new Map()).set(entityId, entity)
    return entity
  }

  private forget(entity: EntitySubscriptions): void {
    if (entity === this.first) this.first = undefined
    else this.others?.delete(entity.entityId)
  }
}

function listedIn(entity: EntitySubscriptions): readonly Subscription[] {
  return entity.untyped === undefined ? [...typedOf(entity)] : [entity.untyped]
}

function* subscriptionsOf(entity: EntitySubscriptions): Iterable<Subscription> {
  if (entity.untyped !== undefined) yield entity.untyped
  yield* typedOf(entity)
}

function typedOf({ typed }: EntitySubscriptions): Iterable<Subscription> {
  return typed === undefined ? [] : typed.values()
}
