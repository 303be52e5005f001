import { BadRecordError } from '#errors.js'
import type { Audience, Mask } from '#policy/rights.js'
import { showsSome } from '#policy/shown.js'
import { toldOperation } from '#policy/told-operation.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { Meter, type ResumeOutcome } from '../observe/meter.js'
import { type CursorPlace, isCursorOf, noneCursor, readCursor, shownHash } from '../table/cursor.js'
import type { Tables } from '../table/tables.js'
import { EntityUpdate } from './entity-update.js'
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

/** How many versions are looked at: so many take some ten milliseconds. Who has missed more is told of the latest alone. */
const versionsMax = 1000

/** What became of an entity since a version that somebody knows, each step judged by the rules of now. */
export class Replays {
  constructor(private readonly options: ReplaysOptions) {}

  /** Why nothing can be told by a cursor: nobody wrote it, or it is of a version that this node has not read yet, and will. */
  refusal(entityType: string, text: string): 'cursor_invalid' | 'cursor_ahead' | undefined {
    if (text === noneCursor) return undefined
    const cursor = readCursor(text)
    if (cursor === undefined) return 'cursor_invalid'
    return this.options.tables.get(entityType)?.isAhead(cursor) === true ? 'cursor_ahead' : undefined
  }

  /** The updates since the version of the cursor, the oldest first. */
  since(entityType: string, entityId: string, text: string, audience: Audience | undefined): EntityUpdate[] | ReplayFailure {
    const replay = this.replay(entityType, entityId, text, audience)
    Meter.count(this.options.meter.resumes, typeof replay === 'string' ? replay : 'resumed')
    return replay
  }

  private replay(entityType: string, entityId: string, text: string, audience: Audience | undefined): EntityUpdate[] | ReplayFailure {
    const table = this.options.tables.get(entityType)
    if (table === undefined) return 'no_state'
    if (text === noneCursor) return 'none'
    const cursor = readCursor(text)
    if (cursor === undefined) return 'expired'
    const versions: ChangeEvent[] = []
    for (const version of table.versions(entityId)) {
      versions.unshift(version)
      // A version that shows nothing is answered like one that never was, so that a forged cursor tells nothing of hidden changes.
      if (isCursorOf(cursor, version)) return this.showsAny([version], audience) ? this.steps(versions, cursor, audience) : 'expired'
      if (versions.length > versionsMax) return this.showsAny(versions, audience) ? 'too_much' : 'expired'
    }
    return 'expired'
  }

  /** @param versions the oldest first, which the client knows. */
  private steps(versions: readonly ChangeEvent[], { shown }: CursorPlace, audience: Audience | undefined): EntityUpdate[] {
    let isHeld = true
    return versions.flatMap((version, nth) => {
      try {
        const mask = this.shownOn(version, audience)
        // The rights may have changed since: what the client holds of its version is put right first.
        const isAsHeld = nth === 0 && mask !== undefined && shownHash(mask) === shown
        const update = isAsHeld ? undefined : this.stepTo(version, mask, isHeld, nth > 0)
        isHeld = mask !== undefined
        return update ?? []
      } catch (error) {
        // A version that cannot be read was sent to nobody.
        if (!(error instanceof BadRecordError)) throw error
        return []
      }
    })
  }

  private showsAny(versions: readonly ChangeEvent[], audience: Audience | undefined): boolean {
    return versions.some((version) => {
      try {
        return this.shownOn(version, audience) !== undefined
      } catch (error) {
        if (!(error instanceof BadRecordError)) throw error
        return false
      }
    })
  }

  private shownOn(version: ChangeEvent, audience: Audience | undefined): Mask | undefined {
    const mask = maskOn(version, audience, this.options.judge)
    return mask !== undefined && showsSome(mask, version) ? mask : undefined
  }

  private stepTo(version: ChangeEvent, mask: Mask | undefined, isHeld: boolean, isEvent: boolean): EntityUpdate | undefined {
    const own = isEvent ? version.operation : 'update'
    const operation = toldOperation(own, isHeld ? 'something' : 'nothing', mask !== undefined)
    return operation && new EntityUpdate(version, mask, this.options.room, { operation, isNews: !isHeld, hasCursor: true, isEvent })
  }
}
