import { BatchDraft } from '../batch-draft.js'
import { recordBytes } from '../record-size.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'

/** One partition's log in memory. Beyond its limit in bytes it drops the oldest records, as Kafka's retention does. */
export class MemoryLog {
  private records: KafkaRecord[] = []
  private firstOffset = 0
  private bytes = 0

  constructor(private readonly bytesMax: number) {}

  /** The offset of the oldest record that it still has. */
  get beginOffset(): number {
    return this.firstOffset
  }

  /** The offset that the next record will have. */
  get endOffset(): number {
    return this.firstOffset + this.records.length
  }

  /** Answers the record's offset. */
  append(fields: Omit<KafkaRecord, 'offset'>): number {
    const offset = this.endOffset
    const record = { ...fields, offset }
    this.records.push(record)
    this.bytes += recordBytes(record)
    // Records are dropped in bulk, as each drop moves all that stay.
    if (this.bytes > 2 * this.bytesMax) this.dropOldest()
    return offset
  }

  /** As many records as fit into one batch, from an offset or, where its record was dropped, from the oldest record. */
  read(offset: number, recordsMax = Infinity): { records: readonly KafkaRecord[]; bytes: number } {
    const batch = new BatchDraft(recordsMax)
    for (let at = Math.max(0, offset - this.firstOffset); at < this.records.length && batch.add(this.records[at]!) > 0;) at++
    return batch
  }

  dropBefore(offset: number): void {
    const dropped = this.records.slice(0, Math.max(0, offset - this.firstOffset))
    this.drop(dropped.length)
    for (const record of dropped) this.bytes -= recordBytes(record)
  }

  /** The newest record always stays. */
  private dropOldest(): void {
    let count = 0
    while (this.bytes > this.bytesMax && count < this.records.length - 1) this.bytes -= recordBytes(this.records[count++]!)
    this.drop(count)
  }

  private drop(count: number): void {
    this.records = this.records.slice(count)
    this.firstOffset += count
  }
}
