import { BatchesInTurn, bytesOf, sliceFrom, type TurnOptions } from './batches-in-turn.js'
import type { Partition, SourceRecord } from './partition-source.js'

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

interface Held {
  readonly records: readonly SourceRecord[]
  /** Index of the first record that has not been handed on. */
  start: number
}

export interface PartitionBufferOptions extends Pick<TurnOptions, 'topic' | 'partition' | 'clock' | 'position'> {
  readonly shares: BufferShares
  /** Called when a buffer that had no room may be filled again. */
  readonly hasRoomAgain: () => void
}

/** The records of one partition that have been fetched and not yet released. */
export class PartitionBuffer {
  readonly partition: Partition
  private readonly turns: BatchesInTurn
  private readonly held: Held[] = []
  private bytes = 0

  /** The offset that the log's next record gets, as of the last answer of a broker. */
  private endOffset: number

  constructor(private readonly options: PartitionBufferOptions) {
    this.endOffset = options.position ?? 0
    this.turns = new BatchesInTurn({
      ...options,
      endOffset: () => this.endOffset,
      next: () => this.take(),
      released: (bytes) => this.letGo(bytes),
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

  /** Takes what has been fetched, in the partition's order, whether there is room or not. Answers its bytes. */
  add(records: readonly SourceRecord[]): number {
    const added = records.reduce((sum, record) => sum + bytesOf(record), 0)
    this.bytes += added
    // What is handed on at once lets go of the answer that it came in; what has to wait must not hold it.
    this.held.push({ records: this.held.length > 0 ? unpinned(records, added) : records, start: 0 })
    this.turns.wake()
    return added
  }

  /** Where the log ends, which rises while the partition is paused too. */
  noteEnd(offset: number): void {
    this.endOffset = offset
  }

  end(): void {
    this.held.length = 0
    this.turns.end()
  }

  private take() {
    const first = this.held[0]
    if (first === undefined) return undefined
    const { records, start } = first
    const { end, bytes } = sliceFrom(records, start)
    first.start = end
    if (end === records.length) this.held.shift()
    const whole = start === 0 && end === records.length
    return { records: whole ? records : records.slice(start, end), bytes }
  }

  private letGo(bytes: number): void {
    const hadRoom = this.leavesRoom(this.bytes)
    this.bytes -= bytes
    if (!hadRoom && this.leavesRoom(this.bytes)) this.options.hasRoomAgain()
  }

  private leavesRoom(bytes: number): boolean {
    return bytes === 0 || bytes < this.options.shares.share / 2
  }
}

/** Records are views into the answer of a fetch, or into a decompressed batch: a few bytes can hold megabytes in memory. */
function unpinned(records: readonly SourceRecord[], bytes: number): readonly SourceRecord[] {
  const pinned = new Set(records.flatMap(({ key, value }) => [key?.buffer, value?.buffer]))
  const pinnedBytes = [...pinned].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0)
  if (pinnedBytes < 2 * bytes) return records
  return records.map(({ offset, timestamp, key, value }) => ({ offset, timestamp, key: copied(key), value: copied(value) }))
}

/** Not from the pool of small buffers, which would pin its neighbours in turn. */
function copied(bytes: Buffer | null): Buffer | null {
  if (bytes === null) return null
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}
