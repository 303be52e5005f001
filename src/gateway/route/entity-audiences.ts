import type { Audience } from '#policy/rights.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { AudienceGroups, ungroupedMax } from './audience-groups.js'
import { AudienceMembers } from './audience-members.js'
import type { SentTimes } from './sent-times.js'

/** What the index needs to know of a subscription; `A` is an audience. */
export interface Routable {
  readonly entityId: string
  /** Who subscribes, also by another connection or later on: the `sub` of the token. */
  readonly owner: string
  /** What the client was sent of this entity id. Kept for types alone between whose topics there is no order. */
  readonly sentTimes: SentTimes
  /** Undefined: whatever has this id. */
  readonly entityType: string | undefined
  /** Undefined where nothing of the type may be seen: the subscription then gets none of its events. */
  audienceOf(entityType: string): Audience | undefined
}

/** Told of what was thrown about one subscription or audience, which concerns no other. Never throws. */
export type NoteRoutingFault = (at: 'rights' | 'index', entityType: string, error: unknown) => void

/** Who has subscribed to one entity, by audience, and what has been sent of it. Lives while somebody is subscribed. */
export class EntityAudiences<S extends Routable> {
  private readonly membersOf = new Map<Audience, AudienceMembers<S>>()
  private groups: AudienceGroups<AudienceMembers<S>> | undefined

  constructor(
    readonly entityType: string,
    private readonly noteFault: NoteRoutingFault,
    private newestSent = -Infinity,
  ) {}

  /** The time of the newest event that was sent to anybody, in milliseconds since the epoch; -Infinity where none was. */
  get newestSentMs(): number {
    return this.newestSent
  }

  get isEmpty(): boolean {
    return this.membersOf.size === 0
  }

  /** The audience of all who have subscribed, as most entities have. Undefined where there are several, or none. */
  get only(): AudienceMembers<S> | undefined {
    return this.membersOf.size === 1 ? this.membersOf.values().next().value : undefined
  }

  /** Each audience with its subscriptions, of which there is at least one. */
  all(): Iterable<AudienceMembers<S>> {
    return this.membersOf.values()
  }

  /** The same, those together to whom the event shows the same. To be gone through once. @throws BadRecordError */
  alikeFor(event: ChangeEvent): Iterable<Iterable<AudienceMembers<S>>> {
    if (this.membersOf.size > ungroupedMax) return (this.groups ??= this.grouped()).alikeFor(event)
    return Array.from(this.membersOf.values(), (members) => [members])
  }

  add(subscription: S): void {
    const audience = this.attempt(() => this.audienceIfMatching(subscription))
    if (audience === undefined) return
    let members = this.membersOf.get(audience)
    if (members === undefined) {
      this.membersOf.set(audience, (members = new AudienceMembers(audience)))
      this.groups?.add(audience)
    }
    members.add(subscription)
    this.bringUpToDate(subscription, members)
  }

  remove(subscription: S): void {
    const held = this.attempt(() => [this.audienceIfMatching(subscription)])
    // Where the rights cannot be worked out any more it may be in any of them.
    const audiences = held ?? [...this.membersOf.keys()]
    for (const audience of audiences) {
      const members = audience && this.membersOf.get(audience)
      if (members?.delete(subscription) && members.isEmpty) this.forget(members.audience)
    }
  }

  /** Older than what somebody was sent of this entity, as few events are: to whom it is stale each receiver's times say. */
  mayBeStale(event: ChangeEvent): boolean {
    return event.timestampMs < this.newestSent
  }

  noteSent(event: ChangeEvent): void {
    this.newestSent = Math.max(this.newestSent, event.timestampMs)
  }

  /** Who comes later gets nothing that is older than what those with the same rights were sent. */
  private bringUpToDate({ sentTimes }: S, { newestSentMs }: AudienceMembers<S>): void {
    if (newestSentMs > -Infinity) sentTimes.noteSent(this.entityType, newestSentMs)
    this.newestSent = Math.max(this.newestSent, sentTimes.newestMs(this.entityType))
  }

  private grouped(): AudienceGroups<AudienceMembers<S>> {
    return new AudienceGroups(this.membersOf, (error) => this.noteFault('index', this.entityType, error))
  }

  private forget(audience: Audience): void {
    this.membersOf.delete(audience)
    this.groups?.remove(audience)
  }

  private audienceIfMatching(subscription: S): Audience | undefined {
    const { entityType } = subscription
    return entityType === undefined || entityType === this.entityType ? subscription.audienceOf(this.entityType) : undefined
  }

  /** Undefined where it throws: one user's rights must not keep the others from theirs. */
  private attempt<T>(find: () => T): T | undefined {
    try {
      return find()
    } catch (error) {
      this.noteFault('rights', this.entityType, error)
      return undefined
    }
  }
}
