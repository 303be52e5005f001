import type { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import { recordBytes, recordOverheadBytes } from '../record-size.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { Needs, RecordSteps, StoredBatch } from '../stored-batch.js'

/** A batch from the offset on that was not read yet: a broker answers with whole batches, the first of which may begin before it. */
export class UnreadBatch implements StoredBatch {
  constructor(
    private readonly batch: KafkaRecordBatch,
    private readonly fromOffset: number,
    private readonly noteUnreadable: (batch: KafkaRecordBatch, reason: string) => void,
  ) {}

  get length(): number {
    return this.batch.length
  }

  needs(): Needs {
    try {
      const { count, bytes } = this.batch.claims()
      return { decompressed: this.batch.isCompressed ? bytes : 0, records: bytes + count * recordOverheadBytes }
    } catch {
      return { decompressed: 0, records: 0 } // Who opens it says why.
    }
  }

  open(): readonly KafkaRecord[] {
    const records = this.unlessUnreadable(() => this.batch.records()) ?? []
    return this.batch.firstOffset >= this.fromOffset ? records : records.filter(({ offset }) => offset >= this.fromOffset)
  }

  openInSteps(): RecordSteps {
    const { decompressed } = this.needs()
    const reader = this.unlessUnreadable(() => this.batch.recordsInSteps())
    const next = (): KafkaRecord | undefined => {
      let record = reader?.next()
      while (record !== undefined && record.offset < this.fromOffset) record = reader?.next()
      return record
    }
    return { next: this.batch.isCompressed ? () => inOwnMemory(next(), decompressed) : next }
  }

  /** Batches are views into the answer of a fetch: a few bytes can hold megabytes in memory. */
  detached(): UnreadBatch {
    return this.batch.isMostOfItsMemory ? this : new UnreadBatch(this.batch.copy(), this.fromOffset, this.noteUnreadable)
  }

  private unlessUnreadable<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      this.noteUnreadable(this.batch, (error as Error).message)
      return undefined
    }
  }
}

/** What it was decompressed with is mostly many times larger, and shall go before the record does. */
function inOwnMemory(record: KafkaRecord | undefined, ofBytes: number): KafkaRecord | undefined {
  if (record !== undefined && 2 * recordBytes(record) > ofBytes) return record
  return record && { ...record, key: record.key && Buffer.from(record.key), value: record.value && Buffer.from(record.value) }
}
