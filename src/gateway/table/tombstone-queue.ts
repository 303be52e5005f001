/** A version that says that its entity is gone. */
export interface Tombstone {
  readonly entityId: string
  readonly log: number
  readonly offset: number
  /** When it was read, by the monotonic clock, in milliseconds. */
  readonly atMs: number
}

/** How long it is known that an entity is gone, in milliseconds: an older version of it may still come from another log. */
const keptMs = 3_600_000

/** Tombstones in the order in which they were read. */
export class TombstoneQueue {
  private readonly tombstones: Tombstone[] = []

  add(tombstone: Tombstone): void {
    this.tombstones.push(tombstone)
  }

  /** Takes out those that were read so long ago that they may be forgotten. */
  takeOld(nowMs: number): Tombstone[] {
    const firstKept = this.tombstones.findIndex(({ atMs }) => atMs + keptMs > nowMs)
    return this.tombstones.splice(0, firstKept === -1 ? this.tombstones.length : firstKept)
  }
}
