import type { OutgoingRecord } from '#kafka/record-producer.js'

/** A record between `publish` and Kafka's answer, with whom to tell. */
export interface QueuedRecord {
  readonly topic: string
  readonly partition: number
  readonly record: OutgoingRecord
  /** When it must have been sent, by the clock's monotonic reading. */
  readonly deadlineMs: number
  readonly resolve: (offset: bigint) => void
  readonly reject: (error: Error) => void
}

/** Beside key and value, in bytes: Kafka's framing is less, the promise and its closures are more. It also bounds the number of records. */
const overheadBytes = 512

/** What one record takes of the queue and of a batch, in bytes. */
export function bytesOf({ key, value }: OutgoingRecord): number {
  return overheadBytes + Buffer.byteLength(key) + (value?.length ?? 0)
}

/** What waits to be sent: in order within each partition, and the partitions in turn. */
export class RecordQueue {
  /** In the order in which the partitions come next. */
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
    this.queuedBytes += bytesOf(record)
  }

  /** The first records of the next partition, as many as go into a batch and one at least; none when nothing waits. */
  takeBatch(bytesMax: number): QueuedRecord[] {
    const [next] = this.partitions
    if (next === undefined) return []
    const [name, waiting] = next
    const batch = waiting.slice(0, countWithin(waiting, bytesMax))
    this.partitions.delete(name)
    if (batch.length < waiting.length) this.partitions.set(name, waiting.slice(batch.length))
    return this.taken(batch)
  }

  /** All whose time is over. */
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
    return this.taken(all)
  }

  private taken(batch: QueuedRecord[]): QueuedRecord[] {
    for (const { record } of batch) this.queuedBytes -= bytesOf(record)
    return batch
  }
}

function countWithin(waiting: readonly QueuedRecord[], bytesMax: number): number {
  let bytes = 0
  const end = waiting.findIndex(({ record }) => (bytes += bytesOf(record)) > bytesMax)
  return end === -1 ? waiting.length : Math.max(1, end)
}
