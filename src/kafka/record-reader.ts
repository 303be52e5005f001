import type { KafkaRecord } from './kafka-record.js'

/** What a batch states about all its records. */
export interface RecordFrame {
  readonly count: number
  readonly firstOffset: number
  /** The greatest offset that a record may have, counted from the first. */
  readonly lastOffsetDelta: number
  readonly firstTimestampMs: number
  /** The broker's own time, the same for all records, where the topic is set to have it. */
  readonly appendTimeMs: number | undefined
}

/** A record takes seven bytes at least: its length, attributes, two deltas, the lengths of key and value, and the number of headers. */
const recordBytesMin = 7
/** A record takes some 150 bytes of memory beside its key and value, and a batch of empty records must not become gigabytes. */
const recordsMax = 500_000

/**
 * Reads the records of a batch, one after the other, from their decompressed bytes (https://kafka.apache.org/documentation/#record).
 * @throws Error from any of its calls where the records are not as the batch states: fewer or more, of another length, or out of order.
 */
export class RecordReader {
  private position = 0
  private read = 0
  private lastDelta = -1

  constructor(
    private readonly input: Buffer,
    private readonly frame: RecordFrame,
  ) {
    const { count } = frame
    if (count > recordsMax) throw new Error(`${count} records, more than ${recordsMax}`)
    if (count < 0 || count * recordBytesMin > input.length) throw new Error(`${count} records in ${input.length} bytes`)
  }

  /** Undefined after the last one. */
  next(): KafkaRecord | undefined {
    if (this.isAtEnd()) return undefined
    const { firstOffset, firstTimestampMs, appendTimeMs } = this.frame
    const end = this.begin()
    const timestampMs = firstTimestampMs + this.varlong()
    const offset = firstOffset + this.offsetDelta()
    return { offset, timestampMs: appendTimeMs ?? timestampMs, key: this.bytes(), value: this.bytes(), headers: this.headers(end) }
  }

  /** Passes over a record without making it. Returns false after the last one. */
  pass(): boolean {
    if (this.isAtEnd()) return false
    const end = this.begin()
    this.varlong()
    this.offsetDelta()
    this.passBytes()
    this.passBytes()
    this.headers(end)
    return true
  }

  private isAtEnd(): boolean {
    if (this.read < this.frame.count) return false
    if (this.position < this.input.length) throw new Error(`more than the ${this.frame.count} records that it counts`)
    return true
  }

  /** Begins a record, and returns where it ends. */
  private begin(): number {
    this.read++
    const length = this.varint()
    const end = this.position + length
    if (length < 0 || end > this.input.length) throw endsTooEarly()
    this.position++ // Attributes of a record; none are defined.
    return end
  }

  private offsetDelta(): number {
    const delta = this.varint()
    if (delta <= this.lastDelta || delta > this.frame.lastOffsetDelta) throw new Error(`offset ${delta} after ${this.lastDelta}`)
    return (this.lastDelta = delta)
  }

  /** The headers, not copied; undefined where there are none. They must end where the record's length says. */
  private headers(end: number): Buffer | undefined {
    const count = this.varint()
    if (count < 0 || 2 * count > end - this.position) throw endsTooEarly()
    const start = this.position
    for (let i = 0; i < count; i++) {
      const keyLength = this.varint()
      if (keyLength < 0) throw new Error('a header without a name')
      this.position += keyLength
      this.passBytes()
    }
    if (this.position !== end) throw new Error('a record is not as long as it says')
    return count === 0 ? undefined : this.input.subarray(start, end)
  }

  /** A length and as many bytes; null where the length is -1. Not copied. */
  private bytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const start = this.position
    this.position += length
    if (this.position > this.input.length) throw endsTooEarly()
    return this.input.subarray(start, this.position)
  }

  private passBytes(): void {
    const length = this.varint()
    if (length > 0) this.position += length
  }

  /** A zigzag number of 32 bits. */
  private varint(): number {
    let byte = this.input[this.position++]
    let value = byte! & 0x7f
    for (let shift = 7; byte! > 127; shift += 7) {
      if (shift > 28) throw new Error('a number is too long')
      byte = this.input[this.position++]
      value |= (byte! & 0x7f) << shift
    }
    if (byte === undefined) throw endsTooEarly()
    return (value >>> 1) ^ -(value & 1)
  }

  /** A zigzag number of 64 bits, rounded to what a number holds. */
  private varlong(): number {
    const start = this.position
    let value = 0
    for (let factor = 1; this.position - start < 7; factor *= 128) {
      const byte = this.input[this.position++]
      if (byte === undefined) throw endsTooEarly()
      value += (byte & 0x7f) * factor
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
    return this.longVarlong(start)
  }

  /** Reads a varlong that has too many bits for a number to add them up exactly. */
  private longVarlong(start: number): number {
    let value = 0n
    for (let index = 0; index < 10; index++) {
      const byte = this.input[start + index]
      if (byte === undefined) throw endsTooEarly()
      value |= BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte > 127) continue
      this.position = start + index + 1
      const bits = BigInt.asUintN(64, value)
      return Number((bits >> 1n) ^ -(bits & 1n))
    }
    throw new Error('a number is too long')
  }
}

function endsTooEarly(): Error {
  return new Error('a record ends too early')
}
