import { BoundedMap } from '#bounded-map.js'
import { EntityAudiences, type NoteRoutingFault, type Routable } from './entity-audiences.js'
import { SubscriptionSet } from './subscription-set.js'

/**
 * The subscriptions to one entity id: all of them, and those that match each entity type seen with this id. Nearly always that is one type,
 * and none before the first event, so there is no map of types: it would be a tenth of what an idle connection takes.
 */
class EntityEntry<S extends Routable> {
  readonly subscriptions = new SubscriptionSet<S>()
  private first: EntityAudiences<S> | undefined
  private others: EntityAudiences<S>[] = none

  /** As of when the pages of its subscriptions were compared. */
  compared: number

  constructor(public generation: number) {
    this.compared = generation
  }

  ofType(entityType: string): EntityAudiences<S> | undefined {
    return this.first?.entityType === entityType ? this.first : this.others.find((audiences) => audiences.entityType === entityType)
  }

  all(): readonly EntityAudiences<S>[] {
    return this.first === undefined ? none : [this.first, ...this.others]
  }

  /** Replaces the audiences of the same type. */
  set(audiences: EntityAudiences<S>): void {
    if (this.first === undefined || this.first.entityType === audiences.entityType) this.first = audiences
    else this.others = [...this.others.filter(({ entityType }) => entityType !== audiences.entityType), audiences]
  }
}

const none: never[] = []

type SentTime = readonly [entityType: string, ms: number]

/**
 * How many pairs of a user and an entity that the user has left are remembered, at some 200 B each. Beyond it the pair left longest ago is
 * forgotten.
 */
const leftMax = 16_384

/**
 * Leads from an entity to its audiences, and from an audience to its subscriptions. It has one entry for each entity id with a
 * subscription. An event of any other entity costs one look-up.
 */
export class SubscriptionIndex<S extends Routable> {
  private readonly entries = new Map<string, EntityEntry<S>>()
  /** The sent times of users and entities that they have left: a user who comes back gets nothing older, even with other rights. */
  private readonly left = new BoundedMap<string, SentTime[]>(leftMax)
  private generation = 0
  /** By entity: those whose pages have yet to be compared with rights that changed for them alone. */
  private readonly uncompared = new Map<string, Set<S>>()

  constructor(private readonly noteFault: NoteRoutingFault) {}

  add(subscription: S): void {
    let entry = this.entries.get(subscription.entityId)
    if (entry === undefined) this.entries.set(subscription.entityId, (entry = new EntityEntry(this.generation)))
    const before = this.left.get(leftKey(subscription))
    if (before !== undefined) subscription.sentTimes.noteAll(before)
    entry.subscriptions.add(subscription)
    if (this.gatherAnew(entry)) return
    for (const audiences of entry.all()) audiences.add(subscription)
  }

  remove(subscription: S): void {
    const entry = this.entries.get(subscription.entityId)
    if (!entry?.subscriptions.delete(subscription)) return
    this.noteCompared([subscription])
    this.remember(subscription)
    if (entry.subscriptions.isEmpty) this.entries.delete(subscription.entityId)
    else if (!this.gatherAnew(entry)) for (const audiences of entry.all()) audiences.remove(subscription)
  }

  /** Those whose rights may have changed since this was last asked of the entity. */
  takePerhapsChanged(entityId: string): Iterable<S> {
    const entry = this.entries.get(entityId)
    if (entry === undefined) return none
    const some = this.takeUncompared(entityId)
    if (entry.compared === this.generation) return some
    entry.compared = this.generation
    return entry.subscriptions
  }

  /** They were compared apart from any event. */
  noteCompared(subscriptions: Iterable<S>): void {
    if (this.uncompared.size === 0) return
    for (const subscription of subscriptions) {
      const all = this.uncompared.get(subscription.entityId)
      if (all?.delete(subscription) === true && all.size === 0) this.uncompared.delete(subscription.entityId)
    }
  }

  /** Undefined where nobody has subscribed to the entity. */
  audiencesOf(entityType: string, entityId: string): EntityAudiences<S> | undefined {
    const entry = this.entries.get(entityId)
    if (entry === undefined) return undefined
    this.gatherAnew(entry)
    const audiences = entry.ofType(entityType) ?? this.collect(entry, entityType)
    return audiences.isEmpty ? undefined : audiences
  }

  /**
   * The audiences of all subscriptions may have changed, for example by a new policy. They are gathered anew when their entity is next
   * looked up, so that the change costs nothing for entities without events.
   */
  regroup(): void {
    this.generation++
  }

  /**
   * The audiences of these subscriptions alone change by `change`. They move at once, as gathering all of an entity anew for one of ten
   * thousand who brings a new token would cost each of its events.
   */
  regroupAmid(subscriptions: readonly S[], change: () => void): void {
    const moves = subscriptions.flatMap((subscription) => {
      const entry = this.entries.get(subscription.entityId)!
      this.gatherAnew(entry)
      return entry.all().map((audiences) => ({ subscription, audiences }))
    })
    for (const { subscription, audiences } of moves) audiences.remove(subscription)
    change()
    for (const { subscription, audiences } of moves) audiences.add(subscription)
    for (const subscription of subscriptions) {
      const all = this.uncompared.get(subscription.entityId)
      if (all === undefined) this.uncompared.set(subscription.entityId, new Set([subscription]))
      else all.add(subscription)
    }
  }

  private takeUncompared(entityId: string): Iterable<S> {
    if (this.uncompared.size === 0) return none
    const some = this.uncompared.get(entityId) ?? none
    this.uncompared.delete(entityId)
    return some
  }

  /** Answers whether that was needed. New audiences already hold a subscription that has just come, and none that has just left. */
  private gatherAnew(entry: EntityEntry<S>): boolean {
    if (entry.generation === this.generation) return false
    entry.generation = this.generation
    for (const { entityType, newestSentMs } of entry.all()) this.collect(entry, entityType, newestSentMs)
    return true
  }

  /** Called when the first event of a type arrives, as an id alone does not say which types it will match. */
  private collect(entry: EntityEntry<S>, entityType: string, newestSentMs = -Infinity): EntityAudiences<S> {
    const audiences = new EntityAudiences<S>(entityType, this.noteFault, newestSentMs)
    for (const subscription of entry.subscriptions) audiences.add(subscription)
    entry.set(audiences)
    return audiences
  }

  private remember(subscription: S): void {
    const times = subscription.sentTimes.all()
    if (times.length === 0) return
    const key = leftKey(subscription)
    this.left.set(key, times)
  }
}

/** The length says where the id ends and the owner begins. */
function leftKey({ entityId, owner }: Routable): string {
  return `${entityId.length} ${entityId}${owner}`
}
