import { BadRecordError } from '#errors.js'
import type { Audience } from '#policy/rights.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { noneCursor } from '../table/cursor.js'
import type { Tables } from '../table/tables.js'
import { EntityUpdate, type Telling } from './entity-update.js'
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

  /** Nothing is shown of a type whose latest versions are not known. */
  of(entityType: string, entityId: string, audience: Audience): Snapshot {
    const update = this.onLatest(entityType, entityId, audience, { operation: 'snapshot', hasCursor: true })
    return update === undefined ? nothing : { update, cursor: update.cursor }
  }

  /**
   * What brings a page up to date that holds something of the entity, or nothing, of a version that is not known.
   * @param subscription the collection of the audience, if it is of one.
   */
  owed(
    entityType: string,
    entityId: string,
    isHeld: boolean,
    audience: Audience | undefined,
    subscription?: string,
  ): EntityUpdate | undefined {
    const operation = isHeld ? 'update' : 'create'
    return this.onLatest(entityType, entityId, audience, { operation, hasCursor: true, subscription })
  }

  /** On the first of these versions that can be read. Undefined where it shows nothing. */
  on(versions: Iterable<ChangeEvent>, audience: Audience | undefined, telling: Telling): EntityUpdate | undefined {
    for (const version of versions) {
      try {
        return this.updateOf(version, audience, telling)
      } catch (error) {
        // A version that cannot be read counts as never written: what holds is the one before it.
        if (!(error instanceof BadRecordError)) throw error
      }
    }
    return undefined
  }

  private onLatest(entityType: string, entityId: string, audience: Audience | undefined, telling: Telling): EntityUpdate | undefined {
    return this.on(this.options.tables.get(entityType)?.versions(entityId) ?? [], audience, telling)
  }

  /** Undefined where the version shows nothing. @throws BadRecordError */
  private updateOf(version: ChangeEvent, audience: Audience | undefined, telling: Telling): EntityUpdate | undefined {
    const { judge, room } = this.options
    const mask = maskOn(version, audience, judge)
    if (mask === undefined) return undefined
    const update = new EntityUpdate(version, mask, room, telling)
    return update.showsNothing ? undefined : update
  }
}

const nothing: Snapshot = { update: undefined, cursor: noneCursor }
