import { BoundedMap } from '#bounded-map.js'
import { EntityAudiences, type NoteRoutingFault, type Routable } from './entity-audiences.js'
import { SubscriptionSet } from './subscription-set.js'

/**
 * The subscriptions to one entity id: all of them, and for each entity type seen with this id the ones that match it. Nearly
 * always that is one type, and before the first event none: a map of them would be a tenth of what an idle connection takes.
 */
class EntityEntry<S extends Routable> {
  readonly subscriptions = new SubscriptionSet<S>()
  private first: EntityAudiences<S> | undefined
  private others: EntityAudiences<S>[] = none

  constructor(public generation: number) {}

  ofType(entityType: string): EntityAudiences<S> | undefined {
    return this.first?.entityType === entityType ? this.first : this.others.find((audiences) => audiences.entityType === entityType)
  }

  all(): readonly EntityAudiences<S>[] {
    return this.first === undefined ? none : [this.first, ...this.others]
  }

  /** Takes the place of those of the same type. */
  set(audiences: EntityAudiences<S>): void {
    if (this.first === undefined || this.first.entityType === audiences.entityType) this.first = audiences
    else this.others = [...this.others.filter(({ entityType }) => entityType !== audiences.entityType), audiences]
  }
}

const none: never[] = []

type SentTime = readonly [entityType: string, ms: number]

/** Users and entities that they have left of which it is remembered what was sent, some 200 B each; beyond it the one left longest ago is forgotten. */
const leftMax = 16_384

/**
 * From an entity to its audiences, from an audience to its subscriptions. Size: one entry for each entity id that somebody has
 * subscribed to. An entity that nobody subscribed to costs one look-up.
 */
export class SubscriptionIndex<S extends Routable> {
  private readonly entries = new Map<string, EntityEntry<S>>()
  /** What users were sent of entities that they have left: who comes back gets nothing older, by whichever rights. */
  private readonly left = new BoundedMap<string, SentTime[]>(leftMax)
  private generation = 0

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
    this.remember(subscription)
    if (entry.subscriptions.isEmpty) this.entries.delete(subscription.entityId)
    else if (!this.gatherAnew(entry)) for (const audiences of entry.all()) audiences.remove(subscription)
  }

  /** Undefined where nobody has subscribed to it. */
  audiencesOf(entityType: string, entityId: string): EntityAudiences<S> | undefined {
    const entry = this.entries.get(entityId)
    if (entry === undefined) return undefined
    this.gatherAnew(entry)
    const audiences = entry.ofType(entityType) ?? this.collect(entry, entityType)
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
  private gatherAnew(entry: EntityEntry<S>): boolean {
    if (entry.generation === this.generation) return false
    entry.generation = this.generation
    for (const { entityType, newestSentMs } of entry.all()) this.collect(entry, entityType, newestSentMs)
    return true
  }

  /** Built when the first event of a type arrives, as an id alone does not say which types it will turn out to match. */
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

/** The length tells where the one ends and the other begins. */
function leftKey({ entityId, owner }: Routable): string {
  return `${entityId.length} ${entityId}${owner}`
}
