import type { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import { recordBytes, recordOverheadBytes } from '../record-size.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { Needs, RecordSteps, StoredBatch } from '../stored-batch.js'

/** A batch without the records that were read already: a broker answers with whole batches, and the first may begin before the position. */
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
      return { decompressed: 0, records: 0 } // Opening the batch reports why it cannot be read.
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

  /** Copies a batch that is a small part of a fetch's answer, as a view of a few bytes would keep megabytes in memory. */
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

/** Copies a record out of its decompressed batch, which is mostly many times larger and should be freed before the record is. */
function inOwnMemory(record: KafkaRecord | undefined, ofBytes: number): KafkaRecord | undefined {
  if (record !== undefined && 2 * recordBytes(record) > ofBytes) return record
  return record && { ...record, key: record.key && Buffer.from(record.key), value: record.value && Buffer.from(record.value) }
}
