import { BadRecordError } from '#errors.js'
import type { Audience, Mask } from '#policy/rights.js'
import { showsSome } from '#policy/shown.js'
import { toldOperation } from '#policy/told-operation.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { Meter, type ResumeOutcome } from '../observe/meter.js'
import { type CursorPlace, isCursor, noneCursor, shownHash } from '../table/cursor.js'
import type { Tables } from '../table/tables.js'
import { EntityUpdate, type Telling } from './entity-update.js'
import type { FrameRoom } from './frame-room.js'
import type { Judge } from './judge.js'
import { maskOn } from './visible.js'

export interface ReplaysOptions {
  readonly tables: Pick<Tables, 'get'>
  readonly judge: Judge
  readonly room: FrameRoom
  readonly meter: Meter
}

/**
 * Why what came after a cursor cannot be told: it is of a version that is not known any more, or never was; it names none; there are too
 * many versions since; or versions are not known at all.
 */
export type ReplayFailure = Exclude<ResumeOutcome, 'resumed'>

/** What may be replayed for somebody now. */
export interface ReplayRoom {
  /** Answers whether there is room for so much. What was taken is gone in any case. */
  take(versions: number, bytes: number): boolean
}

/** How many versions are looked at: so many take some ten milliseconds. Who has missed more is told of the latest alone. */
const versionsMax = 1000

/** What became of an entity since a version that somebody knows, each step judged by the rules of now. */
export class Replays {
  constructor(private readonly options: ReplaysOptions) {}

  /** Why nothing can be told by a cursor: nobody wrote it, or it is of a version that this node has not read yet, and will. */
  refusal(entityType: string, text: string): 'cursor_invalid' | 'cursor_ahead' | undefined {
    if (text === noneCursor) return undefined
    if (!isCursor(text)) return 'cursor_invalid'
    const table = this.options.tables.get(entityType)
    const cursor = table?.placeOf(text)
    return cursor !== undefined && table!.isAhead(cursor) ? 'cursor_ahead' : undefined
  }

  /** The updates since the version of the cursor, the oldest first. */
  since(
    entityType: string,
    entityId: string,
    text: string,
    audience: Audience | undefined,
    room: ReplayRoom,
  ): EntityUpdate[] | ReplayFailure {
    const replay = this.replay(entityType, entityId, text, audience, room)
    Meter.count(this.options.meter.resumes, typeof replay === 'string' ? replay : 'resumed')
    return replay
  }

  private replay(
    entityType: string,
    entityId: string,
    text: string,
    audience: Audience | undefined,
    room: ReplayRoom,
  ): EntityUpdate[] | ReplayFailure {
    const table = this.options.tables.get(entityType)
    if (table === undefined) return 'no_state'
    if (text === noneCursor) return 'none'
    const cursor = table.placeOf(text)
    const since = cursor && table.since(entityId, cursor, versionsMax)
    const known = since?.versions.next().value
    // A version that shows nothing is answered like one that never was, so that a forged cursor tells nothing of hidden changes.
    if (since === undefined || known === undefined || !this.shows(known, audience)) return 'expired'
    if (!room.take(since.count, 0)) return 'too_much'
    const updates: EntityUpdate[] = []
    for (const update of this.steps([known, ...since.versions], cursor!, audience)) {
      if (!room.take(0, update.bytes)) return 'too_much'
      updates.push(update)
    }
    return updates
  }

  /** @param versions the oldest first, which the client knows. */
  private *steps(
    versions: readonly (ChangeEvent | undefined)[],
    { shown }: CursorPlace,
    audience: Audience | undefined,
  ): Generator<EntityUpdate> {
    let isHeld = true
    for (const [nth, version] of versions.entries()) {
      if (version === undefined) continue
      let update: EntityUpdate | undefined
      try {
        const mask = this.shownOn(version, audience)
        // The rights may have changed since: what the client holds of its version is put right first.
        const isAsHeld = nth === 0 && mask !== undefined && shownHash(mask) === shown
        update = isAsHeld ? undefined : this.stepTo(version, mask, isHeld, nth > 0)
        isHeld = mask !== undefined
      } catch (error) {
        // A version that cannot be read was sent to nobody.
        if (!(error instanceof BadRecordError)) throw error
      }
      if (update !== undefined) yield update
    }
  }

  private shows(version: ChangeEvent, audience: Audience | undefined): boolean {
    try {
      return this.shownOn(version, audience) !== undefined
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error
      return false
    }
  }

  private shownOn(version: ChangeEvent, audience: Audience | undefined): Mask | undefined {
    const mask = maskOn(version, audience, this.options.judge)
    return mask !== undefined && showsSome(mask, version) ? mask : undefined
  }

  private stepTo(version: ChangeEvent, mask: Mask | undefined, isHeld: boolean, isEvent: boolean): EntityUpdate | undefined {
    const own = isEvent ? version.operation : 'update'
    const operation = toldOperation(own, isHeld ? 'something' : 'nothing', mask !== undefined)
    const update = operation && this.updateOf(version, mask, { operation, isNews: !isHeld, isEvent })
    // What cannot be put right leaves the page.
    return isEvent || update?.isTooLarge !== true ? update : this.updateOf(version, undefined, { operation: 'delete', isEvent })
  }

  private updateOf(version: ChangeEvent, mask: Mask | undefined, telling: Telling): EntityUpdate {
    return new EntityUpdate(version, mask, this.options.room, { ...telling, hasCursor: true })
  }
}
