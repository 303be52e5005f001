import type { Groupable } from './audience-groups.js'
import { EntityAudiences, type Routable } from './entity-audiences.js'

/** The subscriptions to one entity id: all of them, and for each entity type seen with this id the ones that match it. */
class EntityEntry<A extends Groupable<A>, S extends Routable<A>> {
  readonly subscriptions = new Set<S>()
  readonly ofType = new Map<string, EntityAudiences<A, S>>()
}

/**
 * From an entity to its audiences, from an audience to its subscriptions. Size: one entry for each entity id that somebody has
 * subscribed to. An entity that nobody subscribed to costs one look-up.
 */
export class SubscriptionIndex<A extends Groupable<A>, S extends Routable<A>> {
  private readonly entries = new Map<string, EntityEntry<A, S>>()

  add(subscription: S): void {
    let entry = this.entries.get(subscription.entityId)
    if (entry === undefined) this.entries.set(subscription.entityId, (entry = new EntityEntry()))
    entry.subscriptions.add(subscription)
    for (const audiences of entry.ofType.values()) audiences.add(subscription)
  }

  remove(subscription: S): void {
    const entry = this.entries.get(subscription.entityId)
    if (!entry?.subscriptions.delete(subscription)) return
    for (const audiences of entry.ofType.values()) audiences.remove(subscription)
    if (entry.subscriptions.size === 0) this.entries.delete(subscription.entityId)
  }

  /** Undefined where nobody has subscribed to it. */
  audiencesOf(entityType: string, entityId: string): EntityAudiences<A, S> | undefined {
    const entry = this.entries.get(entityId)
    if (entry === undefined) return undefined
    const audiences = entry.ofType.get(entityType) ?? this.collect(entry, entityType)
    return audiences.isEmpty ? undefined : audiences
  }

  /** Built when the first event of a type arrives, as an id alone does not say which types it will turn out to match. */
  private collect(entry: EntityEntry<A, S>, entityType: string): EntityAudiences<A, S> {
    const audiences = new EntityAudiences<A, S>(entityType)
    for (const subscription of entry.subscriptions) audiences.add(subscription)
    entry.ofType.set(entityType, audiences)
    return audiences
  }
}
