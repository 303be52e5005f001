import { operations, type Operation } from '#entities.js'
import type { Block } from './block.js'

/** One version of an entity, as Kafka has it. */
export interface Version {
  /** The number of its log among those of its entity type. */
  readonly log: number
  readonly offset: number
  /** Milliseconds since the epoch; 0 where Kafka has none. */
  readonly kafkaTimestampMs: number
  /** The event's own time, in milliseconds since the epoch. */
  readonly timestampMs: number
  readonly operation: Operation
  /** What it is ordered by among the logs of its type. */
  readonly rank: Rank
  /** The record's value; null in a tombstone. */
  readonly value: Buffer | null
}

/** The order of versions from several logs: by time, then create before update before delete, then by log. */
export interface Rank {
  /** Milliseconds since the epoch. */
  readonly timestampMs: number
  readonly operation: Operation
}

/** Before the id and the value, in bytes. */
const headerBytes = 56
const asciiMax = 0x7f

// The header's words: 0 the row's length, 1 the hash of its id or, in the window, when it came there; 2 to 11 five doubles; 12 the small
// things; 13 the length of the value, and whether the row was seen to be a delete.
const smallWord = 12
const valueLengthWord = 13
const olderDouble = 1
const offsetDouble = 2
const kafkaTimeDouble = 3
const timeDouble = 4
const rankTimeDouble = 5

// The bits of the small things: the log in 0 to 15, two operations, two flags, and the length of the id.
const operationShift = 16
const rankOperationShift = 18
const tombstoneBit = 1 << 20
const deadBit = 1 << 21
const idLengthShift = 22
/** In the word of the value's length, which stays far below. */
const seenBit = 1 << 31

/** How many logs a type may have: each has a number of 16 bits. */
export const logsMax = 1 << 16

/** A version at its place in a block. Its value is a view, which holds until the next write. */
export class Row implements Version {
  constructor(
    readonly block: Block,
    readonly start: number,
  ) {}

  /** What it takes in its block, in bytes. */
  get length(): number {
    return this.word(0)
  }

  /** Set by whoever keeps the row. */
  get tag(): number {
    return this.word(1)
  }

  set tag(value: number) {
    this.block.words[(this.start >> 2) + 1] = value
  }

  /** The position in the window of the version that this one superseded; negative where there was none. */
  get older(): number {
    return this.double(olderDouble)
  }

  get offset(): number {
    return this.double(offsetDouble)
  }

  get kafkaTimestampMs(): number {
    return this.double(kafkaTimeDouble)
  }

  get timestampMs(): number {
    return this.double(timeDouble)
  }

  get log(): number {
    return this.word(smallWord) & (logsMax - 1)
  }

  get operation(): Operation {
    return operations[(this.word(smallWord) >>> operationShift) & 3]!
  }

  get rank(): Rank {
    const operation = operations[(this.word(smallWord) >>> rankOperationShift) & 3]!
    return { timestampMs: this.double(rankTimeDouble), operation }
  }

  /** Whether its place is no longer used. */
  get isDead(): boolean {
    return (this.word(smallWord) & deadBit) !== 0
  }

  get value(): Buffer | null {
    if ((this.word(smallWord) & tombstoneBit) !== 0) return null
    const start = this.start + headerBytes + this.idLength
    return this.block.bytes.subarray(start, start + (this.word(valueLengthWord) & ~seenBit))
  }

  /** Whether `see` was called since it was written. */
  get isSeen(): boolean {
    return (this.word(valueLengthWord) & seenBit) !== 0
  }

  see(): void {
    this.block.words[(this.start >> 2) + valueLengthWord]! |= seenBit
  }

  get entityId(): string {
    const start = this.start + headerBytes
    return this.block.bytes.toString('utf8', start, start + this.idLength)
  }

  /** Whether it is of this entity. No text is made of ids in ASCII, as nearly all are: each write would make two. */
  isOf(id: string): boolean {
    const { idLength } = this
    // Only a text in ASCII has as many bytes as characters.
    if (idLength !== id.length) return idLength > id.length && this.entityId === id
    const { bytes } = this.block
    for (let at = 0, place = this.start + headerBytes; at < idLength; at++, place++) {
      const unit = id.charCodeAt(at)
      if (unit > asciiMax || unit !== bytes[place]) return false
    }
    return true
  }

  /** @param length as `rowBytes` says. */
  write(length: number, id: string, version: Version, older: number): void {
    const { block, start } = this
    const { words, doubles, bytes } = block
    const [word, double] = [start >> 2, start >> 3]
    const { value, rank } = version
    words[word] = length
    doubles[double + olderDouble] = older
    doubles[double + offsetDouble] = version.offset
    doubles[double + kafkaTimeDouble] = version.kafkaTimestampMs
    doubles[double + timeDouble] = version.timestampMs
    doubles[double + rankTimeDouble] = rank.timestampMs
    const idLength = bytes.write(id, start + headerBytes, 'utf8')
    const kinds = (operations.indexOf(version.operation) << operationShift) | (operations.indexOf(rank.operation) << rankOperationShift)
    words[word + smallWord] = version.log | kinds | (value === null ? tombstoneBit : 0) | (idLength << idLengthShift)
    words[word + valueLengthWord] = value?.length ?? 0
    const end = start + headerBytes + idLength + (value?.copy(bytes, start + headerBytes + idLength) ?? 0)
    // What stood here before may have been longer by some bytes.
    for (let place = end; place < start + length; place++) bytes[place] = 0
  }

  /** @param other a row of which this is to be the copy; this place is as long. */
  copyFrom({ block, start, length }: Row): void {
    block.bytes.copy(this.block.bytes, this.start, start, start + length)
  }

  /** Leaves nothing of it but the length of its place. */
  erase(): void {
    const { block, start, length } = this
    block.bytes.fill(0, start, start + length)
    block.words[start >> 2] = length
    block.words[(start >> 2) + smallWord] = deadBit
    block.live -= length
  }

  private get idLength(): number {
    return this.word(smallWord) >>> idLengthShift
  }

  private word(nth: number): number {
    return this.block.words[(this.start >> 2) + nth]!
  }

  private double(nth: number): number {
    return this.block.doubles[(this.start >> 3) + nth]!
  }
}

/** How long the row of a version is, in bytes: a multiple of 8. */
export function rowBytes(id: string, value: Buffer | null): number {
  return (headerBytes + Buffer.byteLength(id) + (value?.length ?? 0) + 7) & ~7
}

/** The rows of a block that are in use, the oldest first. */
export function* rowsIn(block: Block): Generator<Row> {
  for (let start = 0; start < block.used;) {
    const row = new Row(block, start)
    start += row.length
    if (!row.isDead) yield row
  }
}
