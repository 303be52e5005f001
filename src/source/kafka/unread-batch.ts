import type { KafkaRecordBatch } from './kafka-record-batch.js'
import type { SourceRecord } from '../partition-source.js'
import type { StoredRecords } from '../stored-records.js'

/** A batch from the offset on that was not read yet: a broker answers with whole batches, the first of which may begin before it. */
export class UnreadBatch implements StoredRecords {
  constructor(
    private readonly batch: KafkaRecordBatch,
    private readonly fromOffset: number,
    private readonly noteUnreadable: (batch: KafkaRecordBatch, reason: string) => void,
  ) {}

  get length(): number {
    return this.batch.length
  }

  open(): readonly SourceRecord[] {
    try {
      const records = this.batch.records()
      return this.batch.firstOffset >= this.fromOffset ? records : records.filter(({ offset }) => offset >= this.fromOffset)
    } catch (error) {
      this.noteUnreadable(this.batch, (error as Error).message)
      return []
    }
  }

  /** Batches are views into the answer of a fetch: a few bytes can hold megabytes in memory. */
  detached(): UnreadBatch {
    return this.batch.isMostOfItsMemory ? this : new UnreadBatch(this.batch.copy(), this.fromOffset, this.noteUnreadable)
  }
}
