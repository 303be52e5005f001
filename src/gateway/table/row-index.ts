import type { EntityData } from '#avro/entity-data.js'
import { BadRecordError } from '#errors.js'
import { EqualityPaths } from '#policy/collection/equality-keys.js'
import { indexParts, partOf } from './address-index.js'
import { HashSets, setMax } from './hash-sets.js'
import type { IdHash } from './id-hash.js'
import type { Version } from './row.js'

/** What is asked of a version to know where it stands. */
export type IndexedVersion = Pick<Version, 'log' | 'operation' | 'value'>

/** What may be shown of a version, if its type is streamed: null where nothing may. */
export type IndexedData = EntityData | null | 'unreadable'

/** The rows of a table, as an index reads them. */
export interface IndexedRows {
  readonly hashOf: IdHash
  /** How many there are. */
  count(): number
  /** The hashes of the ids in one part, of `indexParts`: each once. */
  hashesIn(part: number): number[]
  /** The latest versions of the entities whose ids have this hash: nearly always one. */
  latestWith(hash: number): readonly IndexedVersion[]
  dataOf(version: IndexedVersion): IndexedData
}

/** No key is so short. */
const untoldKey = ''
/** A version before it may count where it cannot be read, and its values may be any where they are not known. */
const untold: readonly string[] = [untoldKey]
const none: readonly string[] = []

/** Leads from stored values to the rows that have them: to the hashes of their ids. It takes in row by row what was there before it. */
export class RowIndex {
  private readonly equality: EqualityPaths
  private sets = new HashSets()
  /** In how many rounds nobody has asked for it. */
  idleRounds = 0
  /** Whether it is kept no more. */
  isGone = false
  private part = -1
  /** The hashes of the ids in this part that are not taken in yet. */
  private left: number[] = []

  constructor(
    paths: readonly string[],
    private readonly rows: IndexedRows,
  ) {
    this.equality = new EqualityPaths(paths)
  }

  /** What it takes, in bytes. */
  get bytes(): number {
    return this.sets.bytes
  }

  /** Somebody asks for it still. */
  keep(): void {
    this.idleRounds = 0
  }

  /** Whoever has searched it before may know it still. */
  forget(): void {
    this.isGone = true
    this.sets = new HashSets()
    this.left = []
  }

  /** Takes in so many rows at most. Answers whether that were all. */
  takeIn(most: number): boolean {
    for (let taken = 0; taken < most; taken++) {
      while (this.left.length === 0) {
        if (this.part === indexParts || ++this.part === indexParts) return true
        this.left = this.rows.hashesIn(this.part)
      }
      const hash = this.left.pop()!
      for (const version of this.rows.latestWith(hash)) this.add(hash, this.keysOf(this.rows.dataOf(version)))
    }
    return false
  }

  /** An entity has another latest version now. @param hash of its id. */
  note(hash: number, before: IndexedData, now: IndexedData): void {
    const part = partOf(hash)
    if (part > this.part || (part === this.part && this.left.includes(hash))) return
    const [former, keys] = [this.keysOf(before), this.keysOf(now)]
    if (former.length === keys.length && former.every((key, nth) => key === keys[nth])) return
    for (const key of former) this.sets.remove(this.rows.hashOf(key), hash)
    this.add(hash, keys)
  }

  /** The hashes of the ids of all rows that may have one of these keys. Undefined where they are so many that it would be of no use. */
  found(keys: readonly string[]): ReadonlySet<number> | undefined {
    const found = new Set<number>()
    for (const key of [...keys, untoldKey]) {
      const hashes = this.sets.of(this.rows.hashOf(key))
      if (hashes === undefined || found.size + hashes.length > setMax) return undefined
      for (const hash of hashes) found.add(hash)
    }
    return found
  }

  private add(hash: number, keys: readonly string[]): void {
    for (const key of keys) this.sets.add(this.rows.hashOf(key), hash)
  }

  private keysOf(data: IndexedData): readonly string[] {
    if (data === null) return none
    try {
      const keys = data === 'unreadable' ? 'many' : this.equality.keysOf(data)
      return keys === 'many' ? untold : keys
    } catch (error) {
      if (error instanceof BadRecordError) return untold
      throw error
    }
  }
}
