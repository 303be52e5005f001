import { BadRecordError } from '#errors.js'
import type { Collection } from '#policy/collection/collection.js'
import { EqualityIndex } from '#policy/collection/equality-index.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { Matching } from './entity-audiences.js'
import { type CollectionWatch, StandingCollection } from './standing-collection.js'

/** What the index needs to know of a subscription to a collection. */
export interface CollectionRoutable extends Matching {
  readonly collection: Collection
}

/**
 * Leads from an event to the collections that it may concern. Collections that ask for values by equality are looked up by the values before
 * the event and behind it; each event asks all others.
 */
export class CollectionIndex<S extends CollectionRoutable> {
  private readonly byType = new Map<string, TypeCollections<S>>()
  private generation = 0

  constructor(private readonly watch: CollectionWatch) {}

  add(subscription: S): void {
    const { entityType } = subscription.collection
    let type = this.byType.get(entityType)
    if (type === undefined) this.byType.set(entityType, (type = new TypeCollections(this.watch)))
    type.add(subscription, this.generation)
  }

  remove(subscription: S): void {
    const { entityType } = subscription.collection
    const type = this.byType.get(entityType)
    if (type?.remove(subscription, this.generation) === true) this.byType.delete(entityType)
  }

  /** Whether somebody has subscribed to a collection of this type. */
  has(entityType: string): boolean {
    return this.byType.has(entityType)
  }

  /** Those to which an event may bring an entity, or of which it may take one. @param before the versions before it, the last one first. */
  concernedBy(event: ChangeEvent, before: Iterable<ChangeEvent>): readonly StandingCollection<S>[] {
    const concerned = this.byType.get(event.entityType)?.concernedBy(event, before) ?? none
    for (const standing of concerned) standing.gatherAnew(this.generation)
    return concerned
  }

  get(collection: Collection): StandingCollection<S> | undefined {
    return this.byType.get(collection.entityType)?.get(collection)
  }

  /** All rights may have changed. They are asked for again when the collection is next concerned. */
  regroup(): void {
    this.generation++
  }

  /** As `change` makes the rights of these subscriptions others. */
  regroupAmid(subscriptions: readonly S[], change: () => void): void {
    const standing = subscriptions.map((subscription) => this.get(subscription.collection)!)
    for (const [nth, one] of standing.entries()) one.leave(subscriptions[nth]!, this.generation)
    change()
    for (const [nth, one] of standing.entries()) one.join(subscriptions[nth]!, this.generation)
  }

  *subscriptions(): Generator<S> {
    for (const type of this.byType.values()) for (const standing of type.all()) yield* standing.subscriptions
  }
}

const none: never[] = []

/** The collections of one type. */
class TypeCollections<S extends CollectionRoutable> {
  private readonly byId = new Map<string, StandingCollection<S>>()
  private readonly index = new EqualityIndex<StandingCollection<S>>()

  constructor(private readonly watch: CollectionWatch) {}

  get(collection: Collection): StandingCollection<S> | undefined {
    return this.byId.get(collection.id)
  }

  all(): Iterable<StandingCollection<S>> {
    return this.byId.values()
  }

  add(subscription: S, generation: number): void {
    const { collection } = subscription
    let standing = this.byId.get(collection.id)
    if (standing === undefined) {
      this.byId.set(collection.id, (standing = new StandingCollection<S>(collection, this.watch, generation)))
      this.index.add(standing, collection.filter)
    }
    standing.add(subscription, generation)
  }

  /** Answers whether none is left. */
  remove(subscription: S, generation: number): boolean {
    const { collection } = subscription
    const standing = this.byId.get(collection.id)
    if (standing?.remove(subscription, generation) === true) {
      this.byId.delete(collection.id)
      this.index.remove(standing, collection.filter)
    }
    return this.byId.size === 0
  }

  concernedBy(event: ChangeEvent, before: Iterable<ChangeEvent>): StandingCollection<S>[] {
    const found = new Set<StandingCollection<S>>(this.index.ofAny)
    this.find([event], found)
    this.find(before, found)
    return [...found]
  }

  /** By the first of these versions that can be read. */
  private find(versions: Iterable<ChangeEvent>, found: Set<StandingCollection<S>>): void {
    if (this.index.isEmpty) return
    for (const { data } of versions) {
      try {
        if (data !== null) for (const standing of this.index.found(data)) found.add(standing)
        return
      } catch (error) {
        if (!(error instanceof BadRecordError)) throw error
      }
    }
  }
}
