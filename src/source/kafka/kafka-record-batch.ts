import { decompress } from './kafka-compression.js'
import type { SourceRecord } from '../partition-source.js'

/** The bytes of a batch before its length counts: its first offset and the length itself. */
const batchPrefixBytes = 12
/** Everything before the records: https://kafka.apache.org/documentation/#recordbatch */
const batchHeaderBytes = 61
const magic = 2
/** A record takes some 150 bytes of memory beside its key and value: a batch of empty ones must not become gigabytes. */
const recordsMax = 500_000

/** One batch of a partition's log as it stands there: nothing of it is decompressed or taken apart before `records` is called. */
export class KafkaRecordBatch {
  /** Of its last record, as kafkajs wants it of a message. */
  readonly offset: string

  constructor(
    /** From the first offset on, to the batch's end. */
    private readonly bytes: Buffer,
  ) {
    this.offset = String(this.lastOffset)
  }

  /** The batch that begins at a place, undefined where the broker has cut it off there. */
  static at(log: Buffer, start: number): KafkaRecordBatch | undefined {
    if (start + batchHeaderBytes > log.length) return undefined
    const end = start + batchPrefixBytes + log.readInt32BE(start + 8)
    return end > log.length || end < start + batchHeaderBytes ? undefined : new KafkaRecordBatch(log.subarray(start, end))
  }

  get length(): number {
    return this.bytes.length
  }

  get firstOffset(): number {
    return Number(this.bytes.readBigInt64BE(0))
  }

  get lastOffset(): number {
    return this.firstOffset + this.bytes.readInt32BE(23)
  }

  get producerId(): bigint {
    return this.bytes.readBigInt64BE(43)
  }

  get isTransactional(): boolean {
    return (this.attributes & 0x10) !== 0
  }

  /** Control batches hold no records of a user but the end of a transaction. */
  get isControl(): boolean {
    return (this.attributes & 0x20) !== 0
  }

  /** Whether little else than the batch lies in the memory that it holds. */
  get isMostOfItsMemory(): boolean {
    return this.bytes.buffer.byteLength < 2 * this.bytes.length
  }

  /** Whether a control batch ends an aborted transaction. Its only record's key is a version and a type, 0 for abort. */
  isAbortMarker(): boolean {
    const [record] = this.records()
    return record?.key?.readInt16BE(2) === 0
  }

  /** In memory of its own, not in the pool of small buffers, which would hold its neighbours in turn. */
  copy(): KafkaRecordBatch {
    const copy = Buffer.allocUnsafeSlow(this.bytes.length)
    this.bytes.copy(copy)
    return new KafkaRecordBatch(copy)
  }

  /** @throws Error where the batch cannot be read. */
  records(): SourceRecord[] {
    if (this.bytes.readInt8(16) !== magic) throw new Error(`message format ${this.bytes.readInt8(16)}, only 2 is understood`)
    const count = this.bytes.readInt32BE(57)
    if (count > recordsMax) throw new Error(`${count} records, more than ${recordsMax}`)
    const codec = this.attributes & 0x07
    const body = this.bytes.subarray(batchHeaderBytes)
    return this.readRecords(new Varints(codec === 0 ? body : decompress(codec, body)), count)
  }

  private get attributes(): number {
    return this.bytes.readInt16BE(21)
  }

  private readRecords(input: Varints, count: number): SourceRecord[] {
    const firstOffset = this.firstOffset
    // The broker's own time is the same for all records of a batch and stands in its greatest timestamp.
    const appendTime = this.attributes & 0x08 ? Number(this.bytes.readBigInt64BE(35)) : undefined
    const firstTimestamp = Number(this.bytes.readBigInt64BE(27))
    const records: SourceRecord[] = []
    for (let i = 0; i < count; i++) {
      const end = input.read() + input.position
      input.skip(1) // Attributes of a record; none are defined.
      const timestampMs = firstTimestamp + input.read()
      const offset = firstOffset + input.read()
      records.push({ offset, timestampMs: appendTime ?? timestampMs, key: input.bytes(), value: input.bytes() })
      input.moveTo(end) // Headers follow; nobody asks for them.
    }
    return records
  }
}

/** Reads the zigzag varints of records, and the bytes between them. @throws Error beyond the end. */
class Varints {
  position = 0

  constructor(private readonly input: Buffer) {}

  read(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.input[this.position++]
      if (byte === undefined || factor > Number.MAX_SAFE_INTEGER) throw new Error('a record ends too early')
      value += (byte & 0x7f) * factor
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
  }

  /** A length and as many bytes; null where the length is -1. Not copied. */
  bytes(): Buffer | null {
    const length = this.read()
    if (length < 0) return null
    const start = this.position
    this.skip(length)
    return this.input.subarray(start, this.position)
  }

  skip(length: number): void {
    this.moveTo(this.position + length)
  }

  moveTo(position: number): void {
    if (position < this.position || position > this.input.length) throw new Error('a record ends too early')
    this.position = position
  }
}
