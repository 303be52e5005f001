/**
 * Reads Avro's binary encoding from a buffer that comes from outside. Every read is checked against the end, and every count and length
 * against the remaining bytes before anything is allocated. avsc only judges schemas, as its reader believes any count (5 bytes cost 800
 * MB), loses the map key `__proto__`, throws on a long beyond 2^53 and on ambiguous unions, and makes objects where we need JSON text.
 */
import { BadRecordError, type BadRecordReason } from '#errors.js'

/** Kafka takes records of 1 MB unless told otherwise; an array of more items than this takes 16 MB at least. */
export const itemsMax = 16_777_216
/** The limit of items without bytes (nulls, empty records) in a whole value, as the remaining bytes do not limit them. */
export const zeroWidthItemsMax = 65_536
/** Deeper than any document that people write, and far from the end of the stack. */
export const depthMax = 64

interface ReaderPlace {
  readonly pos: number
  readonly depth: number
  readonly zeroWidthItems: number
  readonly blockEnd: number
}

export class AvroReader {
  private readonly end: number
  private depth = 0
  private zeroWidthItems = 0
  /** Where the block being read must end, or -1 where it does not say so. */
  private blockEnd = -1
  /** The number of values that a connector left out (`UnavailableValue`), among those that were to be written. */
  unavailable = 0

  /** `pos` is where the next read begins. */
  constructor(
    readonly bytes: Buffer,
    public pos: number,
  ) {
    this.end = bytes.length
  }

  byte(): number {
    if (this.pos >= this.end) throw bad('truncated')
    return this.bytes[this.pos++]!
  }

  boolean(): boolean {
    const byte = this.byte()
    if (byte > 1) throw bad('value_invalid', 'a boolean that is neither 0 nor 1')
    return byte === 1
  }

  int(): number {
    const value = this.long()
    if (typeof value === 'bigint' || value !== (value | 0)) throw bad('value_invalid', 'an int of more than 32 bits')
    return value
  }

  /** A number where a double holds it exactly, otherwise a bigint. */
  long(): number | bigint {
    const byte = this.byte()
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    this.pos--
    return this.longOfSeveralBytes()
  }

  // The 64 bits come in groups of seven. Four groups are read to `low` and four to `high`, so that doubles and 32-bit operations are enough
  // for every number that a double can hold; the last two go to `top`.
  private longOfSeveralBytes(): number | bigint {
    const low = this.fourGroups()
    const high = this.ended() ? 0 : this.fourGroups()
    const top = this.ended() ? 0 : this.lastGroups()
    if (top === 0 && high < 0x4000000) {
      const half = high * 0x8000000 + (low >>> 1)
      return low & 1 ? -half - 1 : half
    }
    const zigzag = (BigInt(top) << 56n) | (BigInt(high) << 28n) | BigInt(low)
    return (zigzag >> 1n) ^ -(zigzag & 1n)
  }

  private ended(): boolean {
    return this.bytes[this.pos - 1]! < 0x80
  }

  private fourGroups(): number {
    let groups = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      groups |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    return groups
  }

  private lastGroups(): number {
    const ninth = this.byte()
    if (ninth < 0x80) return ninth
    const tenth = this.byte()
    if (tenth > 1) throw bad('value_invalid', 'a long of more than 64 bits')
    return (ninth & 0x7f) | (tenth << 7)
  }

  /** The length of a string or of bytes, checked to be there in full. */
  length(): number {
    const length = this.long()
    if (length < 0) throw bad('value_invalid', 'a negative length')
    if (length > this.end - this.pos) throw bad('truncated')
    return length as number
  }

  /** Skips this many bytes and returns where they began. */
  skip(length: number): number {
    const start = this.pos
    if (length > this.end - start) throw bad('truncated')
    this.pos = start + length
    return start
  }

  float(): number {
    return this.bytes.readFloatLE(this.skip(4))
  }

  double(): number {
    return this.bytes.readDoubleLE(this.skip(8))
  }

  /** The index of an enum's symbol or of a union's branch. */
  index(count: number): number {
    const index = this.int()
    if (index < 0 || index >= count) throw bad('value_invalid', 'no such enum symbol or union branch')
    return index
  }

  /** The place to which `returnTo` goes back after looking ahead. */
  place(): ReaderPlace {
    return { pos: this.pos, depth: this.depth, zeroWidthItems: this.zeroWidthItems, blockEnd: this.blockEnd }
  }

  returnTo({ pos, depth, zeroWidthItems, blockEnd }: ReaderPlace): void {
    this.pos = pos
    this.depth = depth
    this.zeroWidthItems = zeroWidthItems
    this.blockEnd = blockEnd
  }

  /** Called before every record, and `leave` after it. */
  enter(): void {
    if (++this.depth > depthMax) throw bad('over_limit', `nested deeper than ${depthMax}`)
  }

  leave(): void {
    this.depth--
  }

  /** Called before the first block of an array or a map. Its result is for `leaveBlocks`. */
  enterBlocks(): number {
    this.enter()
    const outer = this.blockEnd
    this.blockEnd = -1
    return outer
  }

  /** The number of items in the next block, 0 after the last. `itemWidth`: the fewest bytes that an item takes. */
  nextBlock(itemWidth: number): number {
    if (this.blockEnd >= 0 && this.pos !== this.blockEnd) throw bad('value_invalid', 'a block of another size than it says')
    this.blockEnd = -1
    let count = this.long()
    if (count < 0) {
      count = -count
      const size = this.length()
      this.blockEnd = this.pos + size
    }
    if (count > itemsMax) throw bad('over_limit', `more than ${itemsMax} items`)
    return this.plausible(Number(count), itemWidth)
  }

  private plausible(count: number, itemWidth: number): number {
    if (itemWidth === 0) this.zeroWidthItems += count
    if (this.zeroWidthItems > zeroWidthItemsMax) throw bad('over_limit', `more than ${zeroWidthItemsMax} items without bytes`)
    if (count * itemWidth > this.end - this.pos) throw bad('truncated')
    return count
  }

  leaveBlocks(outer: number): void {
    this.blockEnd = outer
    this.leave()
  }

  /** Throws where anything follows the value. */
  expectEnd(): void {
    if (this.pos !== this.end) throw bad('trailing_bytes')
  }
}

function bad(reason: BadRecordReason, detail?: string): BadRecordError {
  return new BadRecordError(reason, detail)
}
