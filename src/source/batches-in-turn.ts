import { Observable, type Subscriber } from 'rxjs'
import type { Clock } from '../clock.js'
import type { Partition, RecordBatch, SourceRecord } from './partition-source.js'

/**
 * What one batch may hold, in bytes, unless a single record is larger: some thousand records, a few milliseconds of work.
 * Between two batches the other partitions have their turn and sockets drain.
 */
export const batchBytesMax = 256 * 1024

/** What a record takes in memory beside its key and value, in bytes: the objects, and its offset and time as text. */
const recordOverheadBytes = 150

export function bytesOf(record: SourceRecord): number {
  return recordOverheadBytes + (record.key?.length ?? 0) + (record.value?.length ?? 0)
}

/** The index after the last of the records from `start` on that fit into one batch, and what those count, in bytes. */
export function sliceFrom(records: readonly SourceRecord[], start: number): { end: number; bytes: number } {
  let [end, bytes] = [start, 0]
  while (end < records.length) {
    const more = bytesOf(records[end]!)
    if (end > start && bytes + more > batchBytesMax) break
    bytes += more
    end++
  }
  return { end, bytes }
}

type NextBatch = Pick<RecordBatch, 'records' | 'bytes'>

export interface TurnOptions {
  readonly topic: string
  readonly partition: number
  readonly clock: Clock
  /** The offset of the first record to come; undefined where that is not known before it comes. */
  readonly position: number | undefined
  /** The offset that the log's next record gets, as far as is known. */
  readonly endOffset: () => number
  /** Takes the next batch away from where it is kept; undefined where there is none yet, `wake` says when. */
  readonly next: () => NextBatch | undefined
  /** Called with the bytes of a batch that was released. */
  readonly released?: (bytes: number) => void
}

/** A partition that hands on one batch at a time, each in a tick of its own. Batches wait until somebody subscribes. */
export class BatchesInTurn implements Partition {
  readonly topic: string
  readonly partition: number
  readonly batches$: Observable<RecordBatch>
  /** The offset after the last record that was released. */
  private position: number | undefined
  private subscriber: Subscriber<RecordBatch> | undefined
  private waiting = false
  private ended = false

  constructor(private readonly options: TurnOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.position = options.position
    this.batches$ = new Observable((subscriber) => this.attach(subscriber))
  }

  readonly lag = (): number => (this.position === undefined ? 0 : Math.max(0, this.options.endOffset() - this.position))

  wake(): void {
    if (this.waiting || this.ended || this.subscriber === undefined) return
    this.waiting = true
    this.options.clock.nextTick(() => this.handOn())
  }

  /** Completes at once; a batch that has been handed on may still be released. */
  end(): void {
    this.ended = true
    this.subscriber?.complete()
  }

  private attach(subscriber: Subscriber<RecordBatch>): () => void {
    if (this.ended) subscriber.complete()
    this.subscriber = subscriber
    this.wake()
    return () => {
      if (this.subscriber === subscriber) this.subscriber = undefined
    }
  }

  /** Leaves `waiting` set while a batch is out, so that only its release can bring the next one. */
  private handOn(): void {
    const batch = this.ended || this.subscriber === undefined ? undefined : this.options.next()
    if (batch === undefined) {
      this.waiting = false
      return
    }
    const { topic, partition } = this
    this.position ??= Number(batch.records[0]!.offset)
    this.subscriber?.next({ topic, partition, ...batch, release: once(() => this.takeBack(batch)) })
  }

  private takeBack(batch: NextBatch): void {
    this.waiting = false
    this.position = Number(batch.records[batch.records.length - 1]!.offset) + 1
    this.options.released?.(batch.bytes)
    this.wake()
  }
}

function once(call: () => void): () => void {
  let called = false
  return () => {
    if (called) return
    called = true
    call()
  }
}
