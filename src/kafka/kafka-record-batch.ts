import { batchHeaderBytes, batchMagic, batchPrefixBytes, damageOf, isOldMessage } from './batch-damage.js'
import { claimedBytes, decompress } from './kafka-compression.js'
import { RecordReader, type RecordFrame } from './record-reader.js'
import type { KafkaRecord } from './kafka-record.js'

/** One batch of a partition's log as it stands there. It is neither decompressed nor taken apart before its records are asked for. */
export class KafkaRecordBatch {
  private constructor(
    /** The whole batch, which begins with its first offset. */
    private readonly bytes: Buffer,
    /** What is wrong with the batch: nothing that it states may be believed then. Undefined where it is sound. */
    readonly damage: string | undefined,
  ) {}

  /**
   * The batch that begins at `start`; undefined where the broker has cut it off, which it never does with the first one. Where a length
   * cannot be right, all bytes that follow are one damaged batch, as it is unknown where the next one begins.
   */
  static at(log: Buffer, start: number): KafkaRecordBatch | undefined {
    const rest = log.subarray(start)
    if (rest.length < batchPrefixBytes) return start > 0 || rest.length === 0 ? undefined : KafkaRecordBatch.of(rest)
    const length = batchPrefixBytes + rest.readInt32BE(8)
    if (length > rest.length && start > 0) return undefined
    return KafkaRecordBatch.of(length > batchPrefixBytes && length <= rest.length ? rest.subarray(0, length) : rest)
  }

  private static of(bytes: Buffer): KafkaRecordBatch {
    return new KafkaRecordBatch(bytes, damageOf(bytes))
  }

  get length(): number {
    return this.bytes.length
  }

  get firstOffset(): number {
    return this.bytes.length < batchPrefixBytes ? 0 : Number(this.bytes.readBigInt64BE(0))
  }

  get lastOffset(): number {
    return this.firstOffset + (this.isWholeBatch ? this.bytes.readInt32BE(23) : 0)
  }

  /** The epoch of the leader who wrote the batch; -1 where it does not say. No checksum covers it. */
  get leaderEpoch(): number {
    return this.isWholeBatch ? this.bytes.readInt32BE(12) : -1
  }

  get producerId(): bigint {
    return this.isWholeBatch ? this.bytes.readBigInt64BE(43) : -1n
  }

  get isTransactional(): boolean {
    return (this.attributes & 0x10) !== 0
  }

  /** A control batch holds the end of a transaction and no records of a user. */
  get isControl(): boolean {
    return (this.attributes & 0x20) !== 0
  }

  /** Whether the batch takes more than half of the memory that it keeps from being freed. */
  get isMostOfItsMemory(): boolean {
    return this.bytes.buffer.byteLength < 2 * this.bytes.length
  }

  /** Whether a control batch ends an aborted transaction. Its only record's key is a version and a type, 0 for abort. */
  isAbortMarker(): boolean {
    if (this.isCompressed) return false // Brokers do not compress markers, and decompressing them could make every answer dear.
    const [record] = this.records()
    return record?.key?.readInt16BE(2) === 0
  }

  /** A copy in memory of its own: the pool of small buffers would keep its neighbours from being freed. */
  copy(): KafkaRecordBatch {
    const copy = Buffer.allocUnsafeSlow(this.bytes.length)
    this.bytes.copy(copy)
    return new KafkaRecordBatch(copy, this.damage)
  }

  /** The same batch, marked as damaged because its offsets cannot be right. */
  misplaced(): KafkaRecordBatch {
    return new KafkaRecordBatch(this.bytes, this.damage ?? `it cannot stand at ${this.firstOffset}`)
  }

  /** All records at once. @throws Error where any of them cannot be read. */
  records(): KafkaRecord[] {
    const reader = new RecordReader(this.content(), this.frame())
    const records: KafkaRecord[] = []
    for (let record = reader.next(); record !== undefined; record = reader.next()) records.push(record)
    return records
  }

  /** The records one after the other, all of them checked beforehand. @throws Error where any of them cannot be read. */
  recordsInSteps(): RecordReader {
    const [content, frame] = [this.content(), this.frame()]
    const check = new RecordReader(content, frame)
    while (check.pass());
    return new RecordReader(content, frame)
  }

  /** The number of records that the batch states, and the most bytes they take decompressed. @throws Error where it cannot be read. */
  claims(): { readonly count: number; readonly bytes: number } {
    this.refuseUnreadable()
    return { count: this.count, bytes: this.isCompressed ? claimedBytes(this.codec, this.body) : this.body.length }
  }

  get isCompressed(): boolean {
    return this.codec !== 0
  }

  private content(): Buffer {
    this.refuseUnreadable()
    return this.isCompressed ? decompress(this.codec, this.body) : this.body
  }

  private refuseUnreadable(): void {
    if (this.damage !== undefined) throw new Error(`damaged: ${this.damage}`)
    if (isOldMessage(this.bytes)) throw new Error(`message format ${this.bytes.readInt8(16)}, only ${batchMagic} is understood`)
  }

  private get isWholeBatch(): boolean {
    return this.bytes.length >= batchHeaderBytes && this.bytes.readInt8(16) === batchMagic
  }

  private get attributes(): number {
    return this.isWholeBatch ? this.bytes.readInt16BE(21) : 0
  }

  private get codec(): number {
    return this.attributes & 0x07
  }

  private get count(): number {
    return this.bytes.readInt32BE(57)
  }

  private get body(): Buffer {
    return this.bytes.subarray(batchHeaderBytes)
  }

  private frame(): RecordFrame {
    return {
      count: this.count,
      firstOffset: this.firstOffset,
      lastOffsetDelta: this.bytes.readInt32BE(23),
      firstTimestampMs: Number(this.bytes.readBigInt64BE(27)),
      appendTimeMs: this.attributes & 0x08 ? Number(this.bytes.readBigInt64BE(35)) : undefined, // It is the greatest timestamp.
    }
  }
}
