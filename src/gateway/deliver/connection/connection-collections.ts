import type { Collection, CollectionDefinition } from '#policy/collection/collection.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Collections } from '../../collections/collections.js'
import type { SubscriptionOptions } from '../backlog/conflation.js'
import { type CollectionSubscriber, CollectionSubscription } from './collection-subscription.js'
import type { SubscriptionQuota } from './subscription-quota.js'

/** The subscriptions of one connection to collections, each a stream of its own. */
export class ConnectionCollections {
  /** Undefined until there is one: an empty map takes 210 B. */
  private byId: Map<string, CollectionSubscription> | undefined

  constructor(
    private readonly collections: Collections,
    private readonly subscriber: CollectionSubscriber,
    private readonly quota: SubscriptionQuota,
  ) {}

  get(id: string): CollectionSubscription | undefined {
    return this.byId?.get(id)
  }

  all(): Iterable<CollectionSubscription> {
    return this.byId?.values() ?? none
  }

  get size(): number {
    return this.byId?.size ?? 0
  }

  /** The limit that allows no further one, if any. @param subscriptions what the connection has besides. */
  limitReached(subscriptions: number): ProtocolErrorCode | undefined {
    return this.quota.collectionLimitReached(this.subscriber.identity.sub, this.size, subscriptions)
  }

  /** Adds a subscription, or replaces the options of the one that is there. */
  put(collection: Collection, options: SubscriptionOptions): CollectionSubscription {
    const known = this.get(collection.id)
    if (known !== undefined) {
      known.options = options
      return known
    }
    const subscription = new CollectionSubscription(collection, this.subscriber, options)
    this.byId ??= new Map()
    this.byId.set(collection.id, subscription)
    this.collections.add(subscription)
    this.quota.addCollection(this.subscriber.identity.sub)
    return subscription
  }

  /** Answers whether there was such a subscription. */
  remove(id: string): boolean {
    const subscription = this.get(id)
    if (subscription === undefined) return false
    this.byId!.delete(id)
    this.collections.remove(subscription)
    this.quota.removeCollection(this.subscriber.identity.sub)
    return true
  }

  /** The client can be written to again. */
  goOn(): void {
    if (this.byId !== undefined) for (const subscription of this.byId.values()) this.collections.goOn(subscription)
  }

  /** Their rights change by `change`. */
  regroupAmid(change: () => void): void {
    this.collections.regroupAmid([...this.all()], change)
  }

  /** Brings the page up to the rights of now. */
  rightsChanged(): void {
    this.collections.rightsChanged(this.all())
  }

  snapshot(subscription: CollectionSubscription): void {
    this.collections.snapshot(subscription)
  }

  /** @throws CollectionError where it is not understood. */
  define(definition: CollectionDefinition): Collection {
    return this.collections.collectionOf(definition)
  }

  clear(): void {
    for (const id of [...(this.byId?.keys() ?? [])]) this.remove(id)
  }
}

const none: never[] = []
