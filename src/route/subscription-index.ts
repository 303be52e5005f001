import type { Groupable } from './audience-groups.js'
import { EntityAudiences, type Routable } from './entity-audiences.js'

/** The subscriptions to one entity id: all of them, and for each entity type seen with this id the ones that match it. */
class EntityEntry<A extends Groupable<A>, S extends Routable<A>> {
  readonly subscriptions = new Set<S>()
  readonly ofType = new Map<string, EntityAudiences<A, S>>()

  constructor(public generation: number) {}
}

/** Entities without subscribers of which it is remembered what was sent, some 100 B each; beyond it the one left longest ago is forgotten. */
const leftMax = 16_384

/**
 * From an entity to its audiences, from an audience to its subscriptions. Size: one entry for each entity id that somebody has
 * subscribed to. An entity that nobody subscribed to costs one look-up.
 */
export class SubscriptionIndex<A extends Groupable<A>, S extends Routable<A>> {
  private readonly entries = new Map<string, EntityEntry<A, S>>()
  /** The newest that was sent of entities whose last subscriber has left: who comes back gets nothing older. */
  private readonly left = new Map<string, number>()
  private generation = 0

  add(subscription: S): void {
    let entry = this.entries.get(subscription.entityId)
    if (entry === undefined) this.entries.set(subscription.entityId, (entry = new EntityEntry(this.generation)))
    entry.subscriptions.add(subscription)
    if (this.gatherAnew(entry)) return
    for (const audiences of entry.ofType.values()) audiences.add(subscription)
  }

  remove(subscription: S): void {
    const entry = this.entries.get(subscription.entityId)
    if (!entry?.subscriptions.delete(subscription)) return
    if (entry.subscriptions.size === 0) this.forget(subscription.entityId, entry)
    else if (!this.gatherAnew(entry)) for (const audiences of entry.ofType.values()) audiences.remove(subscription)
  }

  /** Undefined where nobody has subscribed to it. */
  audiencesOf(entityType: string, entityId: string): EntityAudiences<A, S> | undefined {
    const entry = this.entries.get(entityId)
    if (entry === undefined) return undefined
    this.gatherAnew(entry)
    const audiences = entry.ofType.get(entityType) ?? this.collect(entry, entityType, this.left.get(leftKey(entityType, entityId)))
    return audiences.isEmpty ? undefined : audiences
  }

  /**
   * What audiences the subscriptions belong to has changed, for all of them at once. They are asked anew when their entity is next
   * looked up: a switch costs nothing for those that nothing comes of.
   */
  regroup(): void {
    this.generation++
  }

  /** Whether that was needed: what is gathered anew holds whoever has just come, and nobody who has just left. */
  private gatherAnew(entry: EntityEntry<A, S>): boolean {
    if (entry.generation === this.generation) return false
    entry.generation = this.generation
    for (const [entityType, { newestSentMs }] of [...entry.ofType]) this.collect(entry, entityType, newestSentMs)
    return true
  }

  /** Built when the first event of a type arrives, as an id alone does not say which types it will turn out to match. */
  private collect(entry: EntityEntry<A, S>, entityType: string, newestSentMs = -Infinity): EntityAudiences<A, S> {
    const audiences = new EntityAudiences<A, S>(entityType, newestSentMs)
    for (const subscription of entry.subscriptions) audiences.add(subscription)
    entry.ofType.set(entityType, audiences)
    return audiences
  }

  private forget(entityId: string, { ofType }: EntityEntry<A, S>): void {
    this.entries.delete(entityId)
    for (const [entityType, { newestSentMs }] of ofType) {
      if (newestSentMs === -Infinity) continue
      const key = leftKey(entityType, entityId)
      this.left.delete(key)
      if (this.left.size === leftMax) this.left.delete(this.left.keys().next().value!)
      this.left.set(key, newestSentMs)
    }
  }
}

/** No name of an entity type holds a slash. */
function leftKey(entityType: string, entityId: string): string {
  return `${entityType}/${entityId}`
}
