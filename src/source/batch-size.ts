import type { SourceRecord } from './partition-source.js'

/**
 * What one batch may hold, in bytes, unless a single record is larger: some 1,500 records, a few milliseconds of decoding. Between two
 * batches the other partitions have their turn and sockets drain. What stands in one batch leaves in one write for each connection: with
 * 256 kB, 120,000 records a second for a client each were 134,000 deliveries a CPU second at 3.4 frames a write and fell behind (p99 386
 * and 582 ms), with 512 they are 151,000 at 5.1 (89 and 135 ms), and with 1,024 no more (two runs each, by turns).
 */
const batchBytesMax = 512 * 1024

/**
 * What one batch should come to. A node with 1,000 clients of every entity that catches up stands still for 0.11 s at a time with it, and
 * stood still for 1.2 s before, at the same cost; with 10,000 clients for 0.05 s instead of up to 5.6, and 2.1 million deliveries a CPU second
 * are left of 2.7, as fewer frames leave in a write. Half as many: 0.05 s, but 1.6 million with 10,000.
 */
const deliveriesMax = 100_000

/** What a record takes in memory beside its key and value, in bytes: the objects, and its offset and time as text. */
const recordOverheadBytes = 150

export function bytesOf(record: SourceRecord): number {
  return recordOverheadBytes + (record.key?.length ?? 0) + (record.value?.length ?? 0)
}

/** Whether a batch of so many records and bytes takes in a further record. */
export function takesIn(record: SourceRecord, count: number, bytes: number, recordsMax: number): boolean {
  return count === 0 || (count < recordsMax && bytes + bytesOf(record) <= batchBytesMax)
}

/** How many records the next batch of a partition may hold, by what its last ones came to. */
export class BatchSize {
  /** Up at once, and down by half with each batch, as the next one may be of what is watched by many again. */
  private deliveriesPerRecord = 0

  get recordsMax(): number {
    return Math.max(1, deliveriesMax / this.deliveriesPerRecord)
  }

  note(records: number, deliveries: number): void {
    this.deliveriesPerRecord = Math.max(deliveries / records, this.deliveriesPerRecord / 2)
  }
}
