import type { IdHash } from './id-hash.js'
import { LatestRows } from './latest-rows.js'
import { type Row, type Version } from './row.js'
import { TombstoneQueue } from './tombstone-queue.js'
import { isNewer, rankBehind } from './version-order.js'
import type { Window } from './window.js'

export interface EntityTableOptions {
  /** Shared by all types. */
  readonly window: Window
  readonly hashOf: IdHash
  /** Compares two logs of the type by topic and partition. */
  readonly logOrder: (one: number, other: number) => number
  /** The monotonic time, in milliseconds. */
  readonly nowMs: () => number
}

/** What a write found. */
export type Written = 'stale' | { readonly before: Row | undefined }

/**
 * The latest version of every entity of one type, and what they superseded as far back as the window goes. One look-up serves the write,
 * whether it is stale, and what was there before.
 */
export class EntityTable {
  private readonly rows: LatestRows
  private readonly tombstones = new TombstoneQueue()

  constructor(private readonly options: EntityTableOptions) {
    this.rows = new LatestRows(options.hashOf)
  }

  get count(): number {
    return this.rows.count
  }

  /** What its rows take, in bytes: the same on every node that has read the same. */
  get rowBytes(): number {
    return this.rows.rowBytes
  }

  /** Makes the version the latest one of its entity, unless that is newer. What was before can be read until the next write. */
  write(entityId: string, version: Version): Written {
    const { window, logOrder, nowMs } = this.options
    const latest = this.rows.find(entityId)
    if (latest !== undefined && !isNewer(version, latest, logOrder)) return 'stale'
    const older = latest === undefined ? -1 : window.push(latest)
    const rank = latest === undefined ? version.rank : rankBehind(version, latest)
    this.rows.put(entityId, rank === version.rank ? version : { ...version, rank }, older)
    if (version.operation === 'delete') this.tombstones.add({ entityId, log: version.log, offset: version.offset, atMs: nowMs() })
    return { before: window.at(older) }
  }

  /** Undefined where there is none. It can be read until the next write. */
  latest(entityId: string): Row | undefined {
    return this.rows.find(entityId)
  }

  /** The versions of an entity, the latest first, as far back as they are known. They can be read until the next write. */
  *versions(entityId: string): Generator<Row> {
    for (let row = this.rows.find(entityId); row !== undefined; row = this.options.window.at(row.older)) yield row
  }

  /** The latest versions of all entities. They can be read until the next write. */
  all(): Iterable<Row> {
    return this.rows
  }

  /** Forgets the entities that were deleted before so long that no older version can come any more. Not to be called during a fill. */
  forgetTombstones(): void {
    for (const { entityId, log, offset } of this.tombstones.takeOld(this.options.nowMs())) {
      const latest = this.rows.find(entityId)
      if (latest?.log === log && latest.offset === offset) this.rows.remove(entityId)
    }
  }
}
