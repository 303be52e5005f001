import type { EqualityLookup } from '#policy/collection/equality-keys.js'
import { pathsKey } from '#policy/rules/field-name.js'
import { type IndexedRows, type IndexedVersion, RowIndex } from './row-index.js'
import { RowSearch } from './row-search.js'

/** Each costs every event of its type some two microseconds. */
const indexesMax = 8
/** What a row takes in an index at least, in bytes: by this it is known beforehand which would not fit. */
const rowBytesMin = 10
/** For how many rounds an index is kept that nobody asks for: all who come back after a failure of theirs find one. */
const idleRoundsMax = 5

/** The indexes of one type's rows, each by the values at some paths. They are kept while somebody asks for them. */
export class RowIndexes {
  private readonly byPaths = new Map<string, RowIndex>()
  /** Whether there was no room for those that were there in this round. */
  private isFull = false

  constructor(
    private readonly rows: IndexedRows,
    /** How much more they may take, in bytes; negative where they take too much. */
    private readonly room: () => number,
  ) {}

  /** What they take, in bytes. */
  get bytes(): number {
    let bytes = 0
    for (const index of this.byPaths.values()) bytes += index.bytes
    return bytes
  }

  /** Undefined where there is no place for an index that it needs: then all rows are to be gone through. */
  search(lookups: readonly EqualityLookup[]): RowSearch | undefined {
    const parts = lookups.flatMap(({ paths, keys }) => {
      const index = this.indexFor(paths)
      return index === undefined ? [] : [{ index, keys }]
    })
    return parts.length === lookups.length ? new RowSearch(parts, () => this.keepRoom()) : undefined
  }

  /** An entity has another latest version now. @param hash of its id. */
  note(hash: number, before: IndexedVersion | undefined, now: IndexedVersion): void {
    if (this.byPaths.size === 0) return
    const former = before === undefined ? null : this.rows.dataOf(before)
    const data = this.rows.dataOf(now)
    for (const index of this.byPaths.values()) index.note(hash, former, data)
  }

  /** Called from time to time: forgets what nobody has asked for in the last rounds. */
  nextRound(): void {
    this.isFull = false
    for (const [key, index] of this.byPaths) if (index.idleRounds++ === idleRoundsMax) this.drop(key, index)
  }

  /** Forgets all where they take too much. */
  keepRoom(): void {
    if (this.byPaths.size === 0 || this.room() >= 0) return
    this.isFull = true
    for (const [key, index] of this.byPaths) this.drop(key, index)
  }

  private indexFor(paths: readonly string[]): RowIndex | undefined {
    const key = pathsKey(paths)
    const known = this.byPaths.get(key)
    if (known !== undefined) return known
    const { rows } = this
    if (this.isFull || rows.count() * rowBytesMin > this.room() || !this.hasPlace()) return undefined
    const made = new RowIndex(paths, rows)
    this.byPaths.set(key, made)
    return made
  }

  /** The one gives way that nobody has asked for in this round, nor for the longest time. */
  private hasPlace(): boolean {
    if (this.byPaths.size < indexesMax) return true
    const [longest] = [...this.byPaths].sort(([, one], [, other]) => other.idleRounds - one.idleRounds)
    const [key, index] = longest!
    if (index.idleRounds === 0) return false
    this.drop(key, index)
    return true
  }

  private drop(key: string, index: RowIndex): void {
    index.forget()
    this.byPaths.delete(key)
  }
}
