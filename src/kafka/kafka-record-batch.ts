import { batchHeaderBytes, batchMagic, batchPrefixBytes, damageOf, isOldMessage } from './batch-damage.js'
import { claimedBytes, decompress } from './kafka-compression.js'
import { RecordReader, type RecordFrame } from './record-reader.js'
import type { KafkaRecord } from './kafka-record.js'

/** kafkajs leaves out what ends before the place that it fetched from, and the offsets of a damaged batch may be anything. */
const offsetThatIsNeverLeftOut = String(Number.MAX_SAFE_INTEGER)

/** One batch of a partition's log as it stands there: nothing of it is decompressed or taken apart before `records` is called. */
export class KafkaRecordBatch {
  /** Of its last record, as kafkajs wants it of a message. */
  readonly offset: string

  private constructor(
    /** From the first offset on, to the batch's end. */
    private readonly bytes: Buffer,
    /** What is wrong with it; none of what it says may be believed then. */
    readonly damage: string | undefined,
  ) {
    this.offset = damage === undefined ? String(this.lastOffset) : offsetThatIsNeverLeftOut
  }

  /**
   * The batch that begins at a place, undefined where the broker has cut it off there. It never cuts off the first one; and where a length
   * cannot be right, all that follows is damaged, as nobody knows where the next batch begins.
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

  get producerId(): bigint {
    return this.isWholeBatch ? this.bytes.readBigInt64BE(43) : -1n
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
    if (this.isCompressed) return false // Nobody compresses them, and who did could make every answer dear.
    const [record] = this.records()
    return record?.key?.readInt16BE(2) === 0
  }

  /** In memory of its own, not in the pool of small buffers, which would hold its neighbours in turn. */
  copy(): KafkaRecordBatch {
    const copy = Buffer.allocUnsafeSlow(this.bytes.length)
    this.bytes.copy(copy)
    return new KafkaRecordBatch(copy, this.damage)
  }

  /** The same where its offsets cannot be right. */
  misplaced(): KafkaRecordBatch {
    return new KafkaRecordBatch(this.bytes, this.damage ?? `it cannot stand at ${this.firstOffset}`)
  }

  /** All or none. @throws Error where the batch cannot be read. */
  records(): KafkaRecord[] {
    const reader = new RecordReader(this.content(), this.frame())
    const records: KafkaRecord[] = []
    for (let record = reader.next(); record !== undefined; record = reader.next()) records.push(record)
    return records
  }

  /** The same one after the other; all of them have been checked before. @throws Error where the batch cannot be read. */
  recordsInSteps(): RecordReader {
    const [content, frame] = [this.content(), this.frame()]
    const check = new RecordReader(content, frame)
    while (check.pass());
    return new RecordReader(content, frame)
  }

  /** How many records it says that it has, and how many bytes they take when decompressed, at most. @throws Error where it cannot be read. */
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
      // The broker's own time stands in the batch's greatest timestamp.
      appendTimeMs: this.attributes & 0x08 ? Number(this.bytes.readBigInt64BE(35)) : undefined,
    }
  }
}
