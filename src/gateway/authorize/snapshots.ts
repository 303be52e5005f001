import { BadRecordError } from '#errors.js'
import type { Audience } from '#policy/rights.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { noneCursor } from '../table/cursor.js'
import type { Tables } from '../table/tables.js'
import { EntityUpdate } from './entity-update.js'
import type { FrameRoom } from './frame-room.js'
import type { Judge } from './judge.js'
import { maskOn } from './visible.js'

export interface SnapshotsOptions {
  readonly tables: Pick<Tables, 'get'>
  readonly judge: Judge
  readonly room: FrameRoom
}

/** What somebody is shown of an entity as it is. */
export interface Snapshot {
  /** Undefined where nothing is shown. */
  readonly update: EntityUpdate | undefined
  readonly cursor: string
}

/** The latest versions of entities, each as an audience may see it. */
export class Snapshots {
  constructor(private readonly options: SnapshotsOptions) {}

  /**
   * Nothing is shown of a type whose latest versions are not known.
   * @param isNews whether the page holds nothing of the entity.
   */
  of(entityType: string, entityId: string, audience: Audience, isNews: boolean): Snapshot {
    for (const version of this.options.tables.get(entityType)?.versions(entityId) ?? []) {
      try {
        const update = this.updateOf(version, audience, isNews)
        return update === undefined ? nothing : { update, cursor: update.cursor }
      } catch (error) {
        // A version that cannot be read counts as never written: what holds is the one before it.
        if (!(error instanceof BadRecordError)) throw error
      }
    }
    return nothing
  }

  /** Undefined where the version shows nothing. @throws BadRecordError */
  private updateOf(version: ChangeEvent, audience: Audience, isNews: boolean): EntityUpdate | undefined {
    const { judge, room } = this.options
    const mask = maskOn(version, audience, judge)
    if (mask === undefined) return undefined
    const update = new EntityUpdate(version, mask, room, 'snapshot', true, isNews)
    return update.showsNothing ? undefined : update
  }
}

const nothing: Snapshot = { update: undefined, cursor: noneCursor }
