import type { Tables } from '../table/tables.js'
import type { Meter } from '../observe/meter.js'
import { ChangedRights } from './changed-rights.js'
import type { FrameRoom } from './frame-room.js'
import type { Judge } from './judge.js'
import { Replays } from './replays.js'
import { Snapshots } from './snapshots.js'

export interface EntityStateOptions {
  readonly tables: Pick<Tables, 'get' | 'has'>
  readonly judge: Judge
  readonly room: FrameRoom
  readonly meter: Meter
}

/** What is known of entities besides what happens to them now, each as an audience may see it. */
export class EntityState {
  readonly snapshots: Snapshots
  readonly replays: Replays
  readonly changedRights: ChangedRights

  constructor(private readonly options: EntityStateOptions) {
    this.snapshots = new Snapshots(options)
    this.replays = new Replays(options)
    this.changedRights = new ChangedRights(options)
  }

  /** Whether the versions of the type's entities are known. */
  isKnown(entityType: string): boolean {
    return this.options.tables.has(entityType)
  }
}

/** As a connection asks it. */
export interface KnownState {
  isKnown(entityType: string): boolean
  readonly snapshots: Pick<Snapshots, 'of' | 'owed'>
  readonly replays: Pick<Replays, 'since' | 'refusal'>
  readonly changedRights: Pick<ChangedRights, 'onLatest' | 'sharing'>
}
