import type { IdHash } from './id-hash.js'
import { LatestRows } from './latest-rows.js'
import type { LogOrder } from './logs.js'
import { type Row, type Version } from './row.js'
import { isNewer, rankBehind } from './version-order.js'
import type { Window } from './window.js'

export interface EntityTableOptions {
  /** Shared by all types. */
  readonly window: Window
  readonly hashOf: IdHash
  readonly logs: LogOrder
}

/** What a write found. */
export type Written = 'stale' | { readonly before: Row | undefined; readonly hash: number }

/**
 * The latest version of every entity of one type, and what they superseded as far back as the window goes. One look-up serves the write,
 * whether it is stale, and what was there before.
 */
export class EntityTable {
  private readonly rows: LatestRows

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
    const { window, logs } = this.options
    const place = this.rows.find(entityId)
    const latest = place.row
    if (latest !== undefined && !isNewer(version, latest, logs)) return 'stale'
    const older = latest === undefined ? -1 : window.push(latest)
    const rank = latest === undefined ? version.rank : rankBehind(version, latest, logs)
    this.rows.put(place, rank === version.rank ? version : { ...version, rank }, older)
    return { before: window.at(older), hash: place.hash }
  }

  /** Undefined where there is none. It can be read until the next write. */
  latest(entityId: string): Row | undefined {
    return this.rows.find(entityId).row
  }

  /** The versions of an entity, the latest first, as far back as they are known. They can be read until the next write. */
  versions(entityId: string): Generator<Row> {
    return this.from(this.latest(entityId))
  }

  /** A version and those that it superseded, as far back as they are known. They can be read until the next write. */
  *from(version: Row | undefined): Generator<Row> {
    for (let row = version; row !== undefined; row = this.options.window.at(row.older)) yield row
  }

  /** The latest versions of all entities. They can be read until the next write. */
  all(): Iterable<Row> {
    return this.rows
  }

  /** The entities of one part of the index, of `indexParts`, that are there; by a version of one of these logs where they are told. */
  idsIn(part: number, logs?: ReadonlySet<number>): string[] {
    const ids: string[] = []
    for (const row of this.rows.inPart(part)) if (row.operation !== 'delete' && logs?.has(row.log) !== false) ids.push(row.entityId)
    return ids
  }

  /** All entities that are there. */
  ids(): string[] {
    const ids: string[] = []
    for (const row of this.rows) if (row.operation !== 'delete') ids.push(row.entityId)
    return ids
  }

  /** The hashes of the ids in one part of the index, of `indexParts`: each once. */
  hashesIn(part: number): number[] {
    return [...new Set(Array.from(this.rows.inPart(part), ({ tag }) => tag))]
  }

  /** The latest versions of the entities whose ids have this hash: nearly always one. They can be read until the next write. */
  latestWith(hash: number): Row[] {
    return this.rows.withHash(hash)
  }

  /** Makes a delete the latest version of an entity, where that is of one of these logs, which do not go on. Answers what was before. */
  bury(entityId: string, logs: ReadonlySet<number>): { readonly before: Row | undefined; readonly hash: number } | undefined {
    const place = this.rows.find(entityId)
    const latest = place.row
    if (latest === undefined || latest.operation === 'delete' || !logs.has(latest.log)) return undefined
    const { log, offset, timestampMs, rank } = latest
    const older = this.options.window.push(latest)
    this.rows.put(place, { log, offset, timestampMs, rank, kafkaTimestampMs: 0, operation: 'delete', value: null }, older)
    return { before: this.options.window.at(older), hash: place.hash }
  }

  /**
   * Forgets the entities of one part of the index, of `indexParts`, that were deleted before it was last asked to: so a delete is known at
   * least from one call of a part to the next, as an older version of its entity may still come from another log.
   */
  forgetDeleted(part: number): void {
    const seen: string[] = []
    for (const row of this.rows.inPart(part)) {
      if (row.operation !== 'delete') continue
      if (row.isSeen) seen.push(row.entityId)
      else row.see()
    }
    for (const entityId of seen) this.rows.remove(entityId)
  }
}
