import type { ChangeEvent } from '../decode/change-event.js'
import { type AlikeAudiences, AudienceGroups, type Groupable, ungroupedMax } from './audience-groups.js'
import { SubscriptionSet } from './subscription-set.js'

/** What the index needs to know of a subscription; `A` is an audience. */
export interface Routable<A> {
  readonly entityId: string
  /** Undefined: whatever has this id. */
  readonly entityType: string | undefined
  /** Undefined where nothing of the type may be seen: the subscription then gets none of its events. */
  audienceOf(entityType: string): A | undefined
}

/** Who has subscribed to one entity, by audience, and what has been sent of it. Lives while somebody is subscribed. */
export class EntityAudiences<A extends Groupable<A>, S extends Routable<A>> {
  private readonly subscriptionsOf = new Map<A, SubscriptionSet<S>>()
  private groups: AudienceGroups<A, S> | undefined

  constructor(
    readonly entityType: string,
    private newestSent = -Infinity,
  ) {}

  /** The time of the newest event that was sent, in milliseconds since the epoch; -Infinity where none was. */
  get newestSentMs(): number {
    return this.newestSent
  }

  get isEmpty(): boolean {
    return this.subscriptionsOf.size === 0
  }

  /** The audience of all who have subscribed, as most entities have, with its subscriptions. Undefined where there are several, or none. */
  get only(): [A, Iterable<S>] | undefined {
    return this.subscriptionsOf.size === 1 ? this.subscriptionsOf.entries().next().value : undefined
  }

  /** Each audience with its subscriptions, of which there is at least one. */
  entries(): Iterable<[A, Iterable<S>]> {
    return this.subscriptionsOf
  }

  /** The same, those together to whom the event shows the same. @throws BadRecordError */
  alikeFor(event: ChangeEvent): Iterable<AlikeAudiences<A, S>> {
    if (this.subscriptionsOf.size > ungroupedMax) return (this.groups ??= new AudienceGroups(this.subscriptionsOf)).alikeFor(event)
    return [...this.subscriptionsOf].map(([audience, subscriptions]) => [audience, [subscriptions]])
  }

  add(subscription: S): void {
    const audience = this.audienceIfMatching(subscription)
    if (audience === undefined) return
    let subscriptions = this.subscriptionsOf.get(audience)
    if (subscriptions === undefined) {
      this.subscriptionsOf.set(audience, (subscriptions = new SubscriptionSet()))
      this.groups?.add(audience)
    }
    subscriptions.add(subscription)
  }

  remove(subscription: S): void {
    const audience = this.audienceIfMatching(subscription)
    if (audience === undefined) return
    const subscriptions = this.subscriptionsOf.get(audience)
    subscriptions?.delete(subscription)
    if (subscriptions?.isEmpty) this.forget(audience)
  }

  /** Older than what was sent of this entity; equal is not older. */
  isStale(event: ChangeEvent): boolean {
    return event.timestampMs < this.newestSent
  }

  noteSent(event: ChangeEvent): void {
    this.newestSent = Math.max(this.newestSent, event.timestampMs)
  }

  private forget(audience: A): void {
    this.subscriptionsOf.delete(audience)
    this.groups?.remove(audience)
  }

  private audienceIfMatching(subscription: S): A | undefined {
    const { entityType } = subscription
    return entityType === undefined || entityType === this.entityType ? subscription.audienceOf(this.entityType) : undefined
  }
}
