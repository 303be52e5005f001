import type { ChangeEvent } from '../decode/change-event.js'

/** What route asks of an audience; `A` is the audience itself. */
export interface Groupable<A> {
  /** Whom it can be told apart from without judging each of them. Undefined: it is always judged by itself. */
  readonly group: AudienceGroup<A> | undefined
}

/** Audiences that differ so little that an event says which of them it may treat differently from the others. */
export interface AudienceGroup<A> {
  newIndex(): CandidateIndex<A>
}

/** Those of one group that have subscribed to one entity. */
export interface CandidateIndex<A> {
  add(audience: A): void
  remove(audience: A): void
  /**
   * Those to be judged one at a time. What the event shows to one of the others it shows to all of them: too many candidates cost
   * time, too few would be a leak. Undefined where the index cannot tell. @throws BadRecordError
   */
  candidatesOf(event: ChangeEvent): ReadonlySet<A> | undefined
}

/** Audiences that are alike for one event: the one to judge for all, and the subscriptions of each. To be gone through once. */
export type AlikeAudiences<A, S> = readonly [judged: A, subscriptions: Iterable<Iterable<S>>]

/** So many are judged faster than candidates are found among them, and nothing is kept for them. */
export const ungroupedMax = 8

/** The audiences of one entity by group. Kept for entities with many of them only. */
export class AudienceGroups<A extends Groupable<A>, S> {
  private readonly groups = new Map<AudienceGroup<A> | undefined, GroupMembers<A>>()

  constructor(private readonly subscriptionsOf: ReadonlyMap<A, Iterable<S>>) {
    for (const audience of subscriptionsOf.keys()) this.add(audience)
  }

  add(audience: A): void {
    const { group } = audience
    let members = this.groups.get(group)
    if (members === undefined) this.groups.set(group, (members = new GroupMembers(group)))
    members.add(audience)
  }

  remove(audience: A): void {
    const members = this.groups.get(audience.group)
    members?.remove(audience)
    if (members?.all.size === 0) this.groups.delete(audience.group)
  }

  /** @throws BadRecordError */
  *alikeFor(event: ChangeEvent): Generator<AlikeAudiences<A, S>> {
    for (const members of this.groups.values()) {
      const candidates = members.candidatesOf(event)
      for (const audience of candidates) yield [audience, [this.subscriptionsOf.get(audience)!]]
      if (candidates.size === members.all.size) continue
      const other = firstWithout(candidates, members.all)
      yield [other, this.subscriptionsOfOthers(members.all, candidates)]
    }
  }

  private *subscriptionsOfOthers(all: ReadonlySet<A>, candidates: ReadonlySet<A>): Generator<Iterable<S>> {
    for (const audience of all) if (!candidates.has(audience)) yield this.subscriptionsOf.get(audience)!
  }
}

class GroupMembers<A> {
  readonly all = new Set<A>()
  private index: CandidateIndex<A> | undefined

  constructor(private readonly group: AudienceGroup<A> | undefined) {}

  add(audience: A): void {
    this.all.add(audience)
    this.index?.add(audience)
  }

  remove(audience: A): void {
    this.all.delete(audience)
    if (this.all.size <= ungroupedMax) this.index = undefined
    this.index?.remove(audience)
  }

  candidatesOf(event: ChangeEvent): ReadonlySet<A> {
    if (this.all.size <= ungroupedMax) return this.all
    this.index ??= this.newIndex()
    return this.index?.candidatesOf(event) ?? this.all
  }

  private newIndex(): CandidateIndex<A> | undefined {
    const index = this.group?.newIndex()
    if (index !== undefined) for (const audience of this.all) index.add(audience)
    return index
  }
}

/** Of more than are candidates. */
function firstWithout<A>(candidates: ReadonlySet<A>, all: ReadonlySet<A>): A {
  for (const audience of all) if (!candidates.has(audience)) return audience
  throw new Error('A candidate is none of the group.')
}
