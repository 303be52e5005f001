import type { ChangeEvent } from '../decode/change-event.js'
import { BadRecordError } from '#errors.js'
import type { AudienceGroup, CandidateIndex } from '#policy/audience/grouping.js'
import type { Audience } from '#policy/rights.js'

/** Called with an error that an index has thrown. Never throws. */
export type NoteIndexFault = (error: unknown) => void

/** Up to this number, judging all audiences is faster than finding candidates among them, so no index is kept. */
export const ungroupedMax = 8

/** The audiences of one entity by group, for entities with many audiences only. `M` is what the entity keeps of an audience. */
export class AudienceGroups<M> {
  private readonly groups = new Map<AudienceGroup | undefined, GroupMembers>()

  constructor(
    private readonly membersOf: ReadonlyMap<Audience, M>,
    private readonly noteFault: NoteIndexFault,
  ) {
    for (const audience of membersOf.keys()) this.add(audience)
  }

  add(audience: Audience): void {
    const { group } = audience
    let members = this.groups.get(group)
    if (members === undefined) this.groups.set(group, (members = new GroupMembers(group, this.noteFault)))
    members.add(audience)
  }

  remove(audience: Audience): void {
    const members = this.groups.get(audience.group)
    members?.remove(audience)
    if (members?.all.size === 0) this.groups.delete(audience.group)
  }

  /** The audiences in sets: an event shows the same to all of one set. @throws BadRecordError */
  *alikeFor(event: ChangeEvent): Generator<Iterable<M>> {
    for (const members of this.groups.values()) {
      const candidates = members.candidatesOf(event)
      for (const audience of candidates) yield [this.membersOf.get(audience)!]
      if (candidates.size < members.all.size) yield new Others(members.all, candidates, this.membersOf)
    }
  }
}

/** All of a group but its candidates. It can be iterated more than once. */
class Others<M> implements Iterable<M> {
  constructor(
    private readonly all: ReadonlySet<Audience>,
    private readonly candidates: ReadonlySet<Audience>,
    private readonly membersOf: ReadonlyMap<Audience, M>,
  ) {}

  *[Symbol.iterator](): Generator<M> {
    for (const audience of this.all) if (!this.candidates.has(audience)) yield this.membersOf.get(audience)!
  }
}

class GroupMembers {
  readonly all = new Set<Audience>()
  private index: CandidateIndex | undefined
  /** Audiences that the index could not take: they are candidates for every event. */
  private readonly apart = new Set<Audience>()

  constructor(
    private readonly group: AudienceGroup | undefined,
    private readonly noteFault: NoteIndexFault,
  ) {}

  add(audience: Audience): void {
    this.all.add(audience)
    if (this.index !== undefined) this.takeInto(this.index, audience)
  }

  remove(audience: Audience): void {
    this.all.delete(audience)
    if (this.all.size <= ungroupedMax) this.dropIndex()
    if (this.apart.delete(audience)) return
    try {
      this.index?.remove(audience)
    } catch (error) {
      this.noteFault(error)
      this.dropIndex()
    }
  }

  candidatesOf(event: ChangeEvent): ReadonlySet<Audience> {
    if (this.all.size <= ungroupedMax) return this.all
    try {
      this.index ??= this.newIndex()
      const found = this.index?.candidatesOf(event)
      if (found === undefined) return this.all
      return this.apart.size === 0 ? found : new Set([...found, ...this.apart])
    } catch (error) {
      if (error instanceof BadRecordError) throw error
      this.noteFault(error)
      return this.all
    }
  }

  private newIndex(): CandidateIndex | undefined {
    const index = this.group?.newIndex()
    if (index !== undefined) for (const audience of this.all) this.takeInto(index, audience)
    return index
  }

  private takeInto(index: CandidateIndex, audience: Audience): void {
    try {
      index.add(audience)
    } catch (error) {
      this.noteFault(error)
      this.apart.add(audience)
    }
  }

  /** The index is made anew when it is needed again. */
  private dropIndex(): void {
    this.index = undefined
    this.apart.clear()
  }
}
