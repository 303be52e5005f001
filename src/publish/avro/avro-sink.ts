import { depthMax } from '../../decode/avro/avro-reader.js'
import { invalid } from './invalid-entity.js'

/** Where to go back to when a branch of a union turns out not to fit. */
export interface SinkMark {
  readonly length: number
  readonly depth: number
}

/** Writes Avro's binary encoding into bytes that grow as needed. */
export class AvroSink {
  private bytes = Buffer.allocUnsafe(512)
  private length = 0
  private depth = 0

  /** A copy of what was written. */
  written(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length))
  }

  mark(): SinkMark {
    return { length: this.length, depth: this.depth }
  }

  backTo({ length, depth }: SinkMark): void {
    this.length = length
    this.depth = depth
  }

  byte(value: number): void {
    this.room(1)
    this.bytes[this.length++] = value
  }

  /** Ints and longs alike: zigzag in groups of seven bits. */
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

  /** As they are: what a fixed holds. */
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

  /** Around every record, array and map: what is nested deeper than the gateway reads, an object in a circle among it, is refused. */
  enter(): void {
    if (++this.depth > depthMax) throw invalid(`nothing that is nested deeper than ${depthMax}`, {})
  }

  leave(): void {
    this.depth--
  }

  private groups(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    this.byte(rest)
  }

  private room(size: number): void {
    if (this.length + size <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.length + size))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}
