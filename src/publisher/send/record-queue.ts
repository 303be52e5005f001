import type { OutgoingRecord } from '#kafka/record-producer.js'

/** A record between `publish` and Kafka's answer, with the promise of its caller. */
export interface QueuedRecord {
  readonly topic: string
  readonly partition: number
  readonly record: OutgoingRecord
  /** When it must have been sent, by the clock's monotonic reading. */
  readonly deadlineMs: number
  readonly resolve: (offset: bigint) => void
  readonly reject: (error: Error) => void
}

/**
 * What a record counts beside its key and value, in bytes: more than Kafka's framing, less than the promise and its closures. It bounds the
 * number of records too.
 */
const overheadBytes = 512

/** What one record counts in the queue and in a batch, in bytes. */
export function countedBytes({ key, value }: OutgoingRecord): number {
  return overheadBytes + Buffer.byteLength(key) + (value?.length ?? 0)
}

/** The records that wait to be sent. Partitions take turns, and the records of one partition keep their order. */
export class RecordQueue {
  /** The partition whose turn is next stands first. */
  private readonly partitions = new Map<string, QueuedRecord[]>()
  private queuedBytes = 0

  get bytes(): number {
    return this.queuedBytes
  }

  add(queued: QueuedRecord): void {
    const { topic, partition, record } = queued
    const name = `${topic}/${partition}`
    const waiting = this.partitions.get(name)
    if (waiting === undefined) this.partitions.set(name, [queued])
    else waiting.push(queued)
    this.queuedBytes += countedBytes(record)
  }

  /** The first records of the next partition: as many as go into a batch, but at least one. Empty when nothing waits. */
  takeBatch(bytesMax: number): QueuedRecord[] {
    const [next] = this.partitions
    if (next === undefined) return []
    const [name, waiting] = next
    const batch = waiting.slice(0, countWithin(waiting, bytesMax))
    this.partitions.delete(name)
    if (batch.length < waiting.length) this.partitions.set(name, waiting.slice(batch.length))
    return this.uncounted(batch)
  }

  /** The records whose time is over. */
  takeOverdue(nowMs: number): QueuedRecord[] {
    return this.takeWhere(({ deadlineMs }) => deadlineMs <= nowMs)
  }

  takeAll(): QueuedRecord[] {
    return this.takeWhere(() => true)
  }

  private takeWhere(isTaken: (queued: QueuedRecord) => boolean): QueuedRecord[] {
    const all: QueuedRecord[] = []
    for (const [name, waiting] of this.partitions) {
      all.push(...waiting.filter(isTaken))
      const rest = waiting.filter((queued) => !isTaken(queued))
      if (rest.length === 0) this.partitions.delete(name)
      else this.partitions.set(name, rest)
    }
    return this.uncounted(all)
  }

  private uncounted(batch: QueuedRecord[]): QueuedRecord[] {
    for (const { record } of batch) this.queuedBytes -= countedBytes(record)
    return batch
  }
}

function countWithin(waiting: readonly QueuedRecord[], bytesMax: number): number {
  let bytes = 0
  const end = waiting.findIndex(({ record }) => (bytes += countedBytes(record)) > bytesMax)
  return end === -1 ? waiting.length : Math.max(1, end)
}
