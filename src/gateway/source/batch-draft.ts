import type { KafkaRecord } from '#kafka/kafka-record.js'
import { recordBytes } from './record-size.js'

/**
 * What one batch may hold, in bytes, unless a single record is larger: some 1,500 records, a few milliseconds of decoding. Between two
 * batches the other partitions have their turn and sockets drain. What stands in one batch leaves in one write for each connection: with
 * 256 KiB, 120,000 records a second for a client each were 134,000 deliveries a CPU second at 3.4 frames a write and fell behind (p99 386
 * and 582 ms), with 512 they are 151,000 at 5.1 (89 and 135 ms), and with 1,024 no more (two runs each, by turns).
 */
const batchBytesMax = 512 * 1024

/** A batch that is filled until the next record does not fit. */
export class BatchDraft {
  readonly records: KafkaRecord[] = []
  bytes = 0

  /** @param recordsMax one at the least. */
  constructor(private readonly recordsMax: number) {}

  get isEmpty(): boolean {
    return this.records.length === 0
  }

  /**
   * Answers the bytes of the record, 0 where it does not fit any more. The first one may be as large as it likes.
   * @param bytesMax for less than usual.
   */
  add(record: KafkaRecord, bytesMax = batchBytesMax): number {
    const bytes = recordBytes(record)
    const { length } = this.records
    if (length > 0 && (length >= this.recordsMax || this.bytes + bytes > Math.min(batchBytesMax, bytesMax))) return 0
    this.records.push(record)
    this.bytes += bytes
    return bytes
  }
}
