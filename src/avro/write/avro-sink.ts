import { depthMax, itemsMax, zeroWidthItemsMax } from '../read/avro-reader.js'
import { InvalidEntityError } from './invalid-entity.js'

/**
 * The limit of what is written. The gateway shows no longer text, and objects that share their parts can be written as much more than they
 * take.
 */
const bytesMax = 16_777_216

/** A part of the written bytes that can be written again. */
export interface Excerpt {
  readonly bytes: Buffer
  readonly zeroWidthItems: number
}

/** The place to go back to when a branch of a union does not fit. */
export interface SinkMark {
  readonly length: number
  readonly depth: number
  readonly zeroWidthItems: number
}

/** Writes Avro's binary encoding into bytes that grow as needed, within the limits of the gateway's reader. */
export class AvroSink {
  private bytes = Buffer.allocUnsafe(512)
  private length = 0
  private nesting = 0
  private zeroWidthItems = 0

  /** A copy of all written bytes. */
  written(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length))
  }

  /** A copy of the bytes written since the mark. */
  since({ length, zeroWidthItems }: SinkMark): Excerpt {
    return { bytes: Buffer.from(this.bytes.subarray(length, this.length)), zeroWidthItems: this.zeroWidthItems - zeroWidthItems }
  }

  again({ bytes, zeroWidthItems }: Excerpt): void {
    this.raw(bytes)
    this.countZeroWidth(zeroWidthItems)
  }

  get depth(): number {
    return this.nesting
  }

  mark(): SinkMark {
    return { length: this.length, depth: this.nesting, zeroWidthItems: this.zeroWidthItems }
  }

  backTo({ length, depth, zeroWidthItems }: SinkMark): void {
    this.length = length
    this.nesting = depth
    this.zeroWidthItems = zeroWidthItems
  }

  byte(value: number): void {
    this.room(1)
    this.bytes[this.length++] = value
  }

  /** Writes an int or a long: zigzag in groups of seven bits. */
  long(value: number | bigint): void {
    if (typeof value === 'number' && Math.abs(value) < 0x40000000) {
      this.groups(((value << 1) ^ (value >> 31)) >>> 0)
      return
    }
    const long = BigInt(value)
    let rest = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n))
    for (; rest > 0x7fn; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80)
    this.byte(Number(rest))
  }

  float(value: number): void {
    this.room(4)
    this.length = this.bytes.writeFloatLE(value, this.length)
  }

  double(value: number): void {
    this.room(8)
    this.length = this.bytes.writeDoubleLE(value, this.length)
  }

  /** Writes the bytes of a fixed, without a length. */
  raw(value: Uint8Array): void {
    this.room(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  withLength(value: Uint8Array): void {
    this.long(value.length)
    this.raw(value)
  }

  string(value: string): void {
    const size = Buffer.byteLength(value)
    this.long(size)
    this.room(size)
    this.length += this.bytes.write(value, this.length)
  }

  /** Called before every record, array and map: an object in a circle would be nested without end. */
  enter(): void {
    if (++this.nesting > depthMax) throw new InvalidEntityError('', `nothing that is nested deeper than ${depthMax}`, 'deeper')
  }

  leave(): void {
    this.nesting--
  }

  /** Called before the items of an array or a map. @param width the fewest bytes that one item takes. */
  count(items: number, width: number): void {
    if (items > itemsMax) throw new InvalidEntityError('', `at most ${itemsMax} items`, `${items}`)
    if (width === 0) this.countZeroWidth(items)
    if (items > 0) this.long(items)
  }

  private countZeroWidth(items: number): void {
    this.zeroWidthItems += items
    if (this.zeroWidthItems > zeroWidthItemsMax)
      throw new InvalidEntityError('', `at most ${zeroWidthItemsMax} items without bytes`, 'more')
  }

  private groups(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    this.byte(rest)
  }

  private room(size: number): void {
    if (this.length + size <= this.bytes.length) return
    if (this.length + size > bytesMax) throw new InvalidEntityError('', `at most ${bytesMax} bytes`, 'more')
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.length + size))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

/** Avro's variable length and zigzag. @param value of 64 bits */
export function longBytes(value: number | bigint): Buffer {
  const sink = new AvroSink()
  sink.long(value)
  return sink.written()
}
