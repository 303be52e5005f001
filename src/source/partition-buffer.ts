import { BatchInMaking, bytesOf } from './batch-size.js'
import { BatchesInTurn, type TurnOptions } from './batches-in-turn.js'
import type { Partition, SourceRecord } from './partition-source.js'
import type { StoredRecords } from './stored-records.js'

/**
 * The bytes that all partitions may hold between Kafka and the pipeline, in equal shares, so that a partition that is
 * stuck never uses up what the others need.
 */
export class BufferShares {
  partitions = 0

  constructor(private readonly bytesMax: number) {}

  /** What one partition may hold, in bytes. */
  get share(): number {
    return this.bytesMax / Math.max(1, this.partitions)
  }
}

export interface PartitionBufferOptions extends Pick<TurnOptions, 'topic' | 'partition' | 'clock' | 'turnShares' | 'position'> {
  readonly shares: BufferShares
  /** Called when a buffer that had no room may be filled again. */
  readonly hasRoomAgain: () => void
}

/** The records of one partition that have been fetched and not yet released. */
export class PartitionBuffer {
  readonly partition: Partition
  private readonly turns: BatchesInTurn
  private readonly stored: StoredRecords[] = []
  /** Those that are taken apart, and handed on up to `start`. */
  private records: readonly SourceRecord[] = []
  private start = 0
  private bytes = 0
  /** The offset that the log's next record gets, as of the last answer of a broker. */
  private endOffset: number

  constructor(private readonly options: PartitionBufferOptions) {
    this.endOffset = options.position ?? 0
    this.turns = new BatchesInTurn({
      ...options,
      endOffset: () => this.endOffset,
      next: (recordsMax) => this.take(recordsMax),
      released: (bytes) => this.count(-bytes),
    })
    this.partition = this.turns
    options.shares.partitions++
  }

  /** Whether more may be fetched: nothing is held, or what is held leaves half the share for what the next fetch brings. */
  get hasRoom(): boolean {
    return this.leavesRoom(this.bytes)
  }

  /** What is held now, in bytes. */
  get heldBytes(): number {
    return this.bytes
  }

  /** Takes what has been fetched, in the partition's order, whether there is room or not. */
  add(stored: StoredRecords): void {
    this.count(stored.length)
    // What is handed on at once lets go of the answer that it came in; what has to wait must not hold it.
    this.stored.push(this.stored.length > 0 || this.start < this.records.length ? stored.detached() : stored)
    this.turns.wake()
  }

  /** Where the log ends, which rises while the partition is paused too. */
  noteEnd(offset: number): void {
    this.endOffset = offset
  }

  end(): void {
    this.stored.length = 0
    this.records = []
    this.turns.end()
  }

  /** As much as one batch may hold, of however many that were stored: small ones would each cost a turn of their own. */
  private take(recordsMax: number) {
    const batch = new BatchInMaking(recordsMax)
    for (let next = this.first(); next !== undefined && batch.take(next); next = this.first()) this.start++
    return batch.records.length === 0 ? undefined : batch
  }

  /** The oldest record that has not been handed on. */
  private first(): SourceRecord | undefined {
    while (this.start === this.records.length && this.stored.length > 0) this.open(this.stored.shift()!)
    return this.records[this.start]
  }

  private open(stored: StoredRecords): void {
    this.records = stored.open()
    this.start = 0
    this.count(this.records.reduce((sum, record) => sum + bytesOf(record), -stored.length))
  }

  private count(bytes: number): void {
    const hadRoom = this.leavesRoom(this.bytes)
    this.bytes += bytes
    if (!hadRoom && this.leavesRoom(this.bytes)) this.options.hasRoomAgain()
  }

  private leavesRoom(bytes: number): boolean {
    return bytes === 0 || bytes < this.options.shares.share / 2
  }
}
