import type { Operation } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { Mask } from '#policy/rights.js'
import { showsSome } from '#policy/shown.js'
import { type SeenBefore, toldOperation } from '#policy/told-operation.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { NoteFault } from '../observe/judging-faults.js'
import { Meter } from '../observe/meter.js'
import type { AudienceMembers } from '../route/audience-members.js'
import type { EntityAudiences } from '../route/entity-audiences.js'
import type { UpdateReceiver } from './authorize.js'
import { EntityUpdate, type Telling } from './entity-update.js'
import type { FrameRoom } from './frame-room.js'
import type { Judge } from './judge.js'
import { maskOn, mayShow } from './visible.js'

type Members = AudienceMembers<UpdateReceiver>

/** An update with the audiences that are told of it. */
export interface Transition {
  readonly update: EntityUpdate
  readonly audiences: readonly Members[]
}

export interface TransitionsOptions {
  readonly judge: Judge
  readonly room: FrameRoom
  readonly meter: Meter
  readonly noteFault: NoteFault
}

/**
 * What an event does to what each audience sees, for types with a table: each audience is judged on the version before and on the event, by
 * the rules of now. Who was shown something and is shown nothing any more is sent a delete; who is shown something for the first time a create.
 */
export class Transitions {
  constructor(private readonly options: TransitionsOptions) {}

  /**
   * @param before the versions before the event, the last one first.
   * @param subscription the collection of these audiences; undefined where they have subscribed to the entity.
   * @throws BadRecordError where the event's data cannot be read.
   */
  of(event: ChangeEvent, before: Iterable<ChangeEvent>, audiences: EntityAudiences<UpdateReceiver>, subscription?: string): Transition[] {
    const { only } = audiences
    return only === undefined ? this.forAll(event, before, audiences, subscription) : this.forOne(event, before, only, subscription)
  }

  /** As `forAll` for a single audience, which most entities have: its lists and maps cost more than what they hold. */
  private forOne(event: ChangeEvent, before: Iterable<ChangeEvent>, only: Members, subscription?: string): Transition[] {
    const seen = lastReadable(before, (version) => (this.seesSome(only, version) ? 'something' : 'nothing')) ?? 'none'
    const mask = maskOn(event, only.audience, this.options.judge)
    const telling = { operation: toldOperation(event.operation, seen, true), isNews: seen !== 'something', hasCursor: true, subscription }
    const shown = mask && this.updateUnder(mask, event, telling)
    const update = shown ?? (seen === 'something' ? this.removal(event, subscription) : undefined)
    if (update === undefined) return []
    if (update.operation !== event.operation) this.count(seen === 'something' ? 'delete' : 'create')
    return [{ update, audiences: [only] }]
  }

  private forAll(
    event: ChangeEvent,
    before: Iterable<ChangeEvent>,
    audiences: EntityAudiences<UpdateReceiver>,
    subscription?: string,
  ): Transition[] {
    // All audiences on the version before, then on the event: what was read of a version is known until the next one is asked for.
    const seen = this.whoSaw(before, audiences)
    const updates: Transition[] = []
    const isShown = new Set<Members>()
    for (const [mask, members] of this.masksOf(event, audiences)) {
      for (const { operation, isNews, some } of byOperation(event, seen, members)) {
        const update = this.updateUnder(mask, event, { operation, isNews, hasCursor: true, subscription })
        if (update === undefined) continue
        for (const one of some) isShown.add(one)
        if (operation !== event.operation) this.count('create')
        updates.push({ update, audiences: some })
      }
    }
    const gone = [...(seen ?? [])].filter((members) => !isShown.has(members))
    if (gone.length > 0 && event.operation !== 'delete') this.count('delete')
    if (gone.length > 0) updates.push({ update: this.removal(event, subscription), audiences: gone })
    return updates
  }

  /** The audiences that were shown something before the event; undefined where there was no version. */
  private whoSaw(before: Iterable<ChangeEvent>, audiences: EntityAudiences<UpdateReceiver>): ReadonlySet<Members> | undefined {
    return lastReadable(before, (version) => {
      const masks = this.masksOf(version, audiences)
      return new Set([...masks].flatMap(([mask, members]) => (showsSome(mask, version) ? members : [])))
    })
  }

  /** @throws BadRecordError */
  private seesSome({ audience }: Members, version: ChangeEvent): boolean {
    const mask = maskOn(version, audience, this.options.judge)
    return mask !== undefined && showsSome(mask, version)
  }

  /** By the mask: those whom the version may show something. @throws BadRecordError */
  private masksOf(version: ChangeEvent, audiences: EntityAudiences<UpdateReceiver>): Map<Mask, Members[]> {
    const masks = new Map<Mask, Members[]>()
    if (!mayShow(version)) return masks
    for (const alike of audiences.alikeFor(version)) this.addMasks(masks, version, alike)
    return masks
  }

  /** The first audience that can be judged speaks for those after it; one that cannot be judged is shown nothing. */
  private addMasks(masks: Map<Mask, Members[]>, version: ChangeEvent, alike: Iterable<Members>): void {
    let mask: Mask | undefined | 'unknown' = 'unknown'
    for (const members of alike) {
      if (mask === 'unknown') mask = this.options.judge.maskFor(members.audience, version)
      if (mask === undefined) return
      if (mask === 'unknown') continue
      const known = masks.get(mask)
      if (known === undefined) masks.set(mask, [members])
      else known.push(members)
    }
  }

  private count(operation: 'create' | 'delete'): void {
    Meter.count(this.options.meter.transitions, operation)
  }

  /** Undefined where the mask shows nothing of the event. @throws BadRecordError */
  private updateUnder(mask: Mask, event: ChangeEvent, telling: Telling): EntityUpdate | undefined {
    try {
      const update = new EntityUpdate(event, mask, this.options.room, telling)
      return update.showsNothing ? undefined : update
    } catch (error) {
      if (error instanceof BadRecordError) throw error
      this.options.noteFault('frame', event.entityType, error)
      return undefined
    }
  }

  private removal(event: ChangeEvent, subscription: string | undefined): EntityUpdate {
    return new EntityUpdate(event, undefined, this.options.room, { operation: 'delete', hasCursor: true, subscription })
  }
}

interface Told {
  readonly operation: Operation
  /** Whether they saw nothing of the entity before. */
  readonly isNews: boolean
  readonly some: Members[]
}

/** All of these are shown something of the event: by what they saw before. */
function byOperation(event: ChangeEvent, seen: ReadonlySet<Members> | undefined, members: Members[]): Told[] {
  if (seen === undefined) return [told(event, 'none', members)]
  const [before, fresh]: [Members[], Members[]] = [[], []]
  for (const one of members) (seen.has(one) ? before : fresh).push(one)
  return [told(event, 'something', before), told(event, 'nothing', fresh)].filter(({ some }) => some.length > 0)
}

function told({ operation }: ChangeEvent, before: SeenBefore, some: Members[]): Told {
  return { operation: toldOperation(operation, before, true), isNews: before !== 'something', some }
}

/** A version that cannot be read was sent to nobody: what was sent is the one before it. */
function lastReadable<T>(versions: Iterable<ChangeEvent>, judge: (version: ChangeEvent) => T): T | undefined {
  for (const version of versions) {
    try {
      return judge(version)
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error
    }
  }
  return undefined
}
