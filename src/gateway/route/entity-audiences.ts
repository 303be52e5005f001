import type { Audience } from '#policy/rights.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { AudienceGroups, ungroupedMax } from './audience-groups.js'
import { AudienceMembers } from './audience-members.js'
import type { SentTimes } from './sent-times.js'

/** What is asked of a subscription to know whose rights it stands by. */
export interface Matching {
  /** The `sub` of the token: the same user may subscribe by another connection, or later again. */
  readonly owner: string
  /**
   * When the newest events of this entity id that the client was sent happened. Kept only for types whose topics have no order between
   * them.
   */
  readonly sentTimes: SentTimes
  /** Undefined matches entities of every type with this id. */
  readonly entityType: string | undefined
  /** Undefined where the user may see nothing of the type, so that the subscription gets none of its events. */
  audienceOf(entityType: string): Audience | undefined
}

/** What the index needs to know of a subscription. */
export interface Routable extends Matching {
  readonly entityId: string
}

/** Called with an error about one subscription or audience, which concerns no other. Never throws. */
export type NoteRoutingFault = (at: 'rights' | 'index', entityType: string, error: unknown) => void

/** The subscriptions to one entity by audience, and the time of its newest event that was sent. Lives while somebody is subscribed. */
export class EntityAudiences<S extends Matching> {
  private readonly membersOf = new Map<Audience, AudienceMembers<S>>()
  private groups: AudienceGroups<AudienceMembers<S>> | undefined

  constructor(
    readonly entityType: string,
    private readonly noteFault: NoteRoutingFault,
    private newestSent = -Infinity,
  ) {}

  /** The time of the newest event that was sent to anybody, in milliseconds since the epoch; -Infinity where none was sent. */
  get newestSentMs(): number {
    return this.newestSent
  }

  get isEmpty(): boolean {
    return this.membersOf.size === 0
  }

  /** The only audience, as most entities have one. Undefined where there are several, or none. */
  get only(): AudienceMembers<S> | undefined {
    return this.membersOf.size === 1 ? this.membersOf.values().next().value : undefined
  }

  /** Each audience with its subscriptions, at least one. */
  all(): Iterable<AudienceMembers<S>> {
    return this.membersOf.values()
  }

  /** The same in sets: the event shows the same to all of one set. It can be iterated only once. @throws BadRecordError */
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
    // Where the rights cannot be worked out any more, the subscription may be in any audience.
    const audiences = held ?? [...this.membersOf.keys()]
    for (const audience of audiences) {
      const members = audience && this.membersOf.get(audience)
      if (members?.delete(subscription) && members.isEmpty) this.forget(members.audience)
    }
  }

  /**
   * Whether the event is older than one that somebody was sent, as few events are. Each receiver's own times say whether it is stale there.
   */
  mayBeStale(event: ChangeEvent): boolean {
    return event.timestampMs < this.newestSent
  }

  noteSent(event: ChangeEvent): void {
    this.newestSent = Math.max(this.newestSent, event.timestampMs)
  }

  /** A later subscription gets no event that is older than those that others with the same rights were sent. */
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

  /** Undefined where `find` throws: an error about one user's rights must not hold up the others. */
  private attempt<T>(find: () => T): T | undefined {
    try {
      return find()
    } catch (error) {
      this.noteFault('rights', this.entityType, error)
      return undefined
    }
  }
}
