import type { Collection } from '#policy/collection/collection.js'
import type { Audience } from '#policy/rights.js'
import { EntityAudiences, type Matching, type NoteRoutingFault } from './entity-audiences.js'
import { SubscriptionSet } from './subscription-set.js'

export interface CollectionWatch {
  readonly noteFault: NoteRoutingFault
  /** How many entities a collection may have, as one audience sees it. */
  readonly entitiesMax: number
  /** Called where it has more. Never throws. */
  readonly overfull: (collection: Collection, audience: Audience) => void
}

/** A collection that somebody has subscribed to, with its audiences. Each event may concern any of its entities. */
export class StandingCollection<S extends Matching> {
  readonly subscriptions = new SubscriptionSet<S>()
  audiences: EntityAudiences<S>
  /** How many entities each audience is shown: known from the audience's first snapshot on. */
  private readonly sizes = new WeakMap<Audience, number>()

  constructor(
    readonly collection: Collection,
    private readonly watch: CollectionWatch,
    private generation: number,
  ) {
    this.audiences = this.newAudiences()
  }

  add(subscription: S, generation: number): void {
    this.subscriptions.add(subscription)
    this.join(subscription, generation)
  }

  /** Answers whether none is left. */
  remove(subscription: S, generation: number): boolean {
    this.subscriptions.delete(subscription)
    this.leave(subscription, generation)
    return this.subscriptions.isEmpty
  }

  /** It stands among those whose rights are the same. */
  join(subscription: S, generation: number): void {
    this.gatherAnew(generation)
    this.audiences.add(subscription)
  }

  leave(subscription: S, generation: number): void {
    this.gatherAnew(generation)
    this.audiences.remove(subscription)
  }

  /** Asks for the rights again where they may have changed since. */
  gatherAnew(generation: number): void {
    if (this.generation === generation) return
    this.generation = generation
    this.audiences = this.newAudiences()
    for (const subscription of this.subscriptions) this.audiences.add(subscription)
  }

  /** So many entities pass now. */
  setSize(audience: Audience, entities: number): void {
    this.sizes.set(audience, entities)
  }

  counted(audience: Audience, change: number): void {
    const size = this.sizes.get(audience)
    if (size === undefined) return
    this.sizes.set(audience, size + change)
    if (size + change > this.watch.entitiesMax) this.watch.overfull(this.collection, audience)
  }

  private newAudiences(): EntityAudiences<S> {
    return new EntityAudiences(this.collection.entityType, this.watch.noteFault)
  }
}
