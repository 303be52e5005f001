import { Observable, type Subscriber } from 'rxjs'
import type { Clock } from '#clock.js'
import type { Partition, RecordBatch } from './partition-source.js'
import { TurnShare, type TurnShares } from './turn-shares.js'

type NextBatch = Pick<RecordBatch, 'records' | 'bytes'>

export interface TurnOptions {
  readonly topic: string
  readonly partition: number
  readonly clock: Clock
  /** Shared by all partitions of the source. */
  readonly turnShares: TurnShares
  /** The offset of the first record to come; undefined where it is not known beforehand. */
  readonly position: number | undefined
  /** The offset that the log's next record got when the position was set. */
  readonly endAtStart: number
  /** The offset that the log's next record gets, as far as it is known. */
  readonly endOffset: () => number
  /** Makes the next batch, of `recordsMax` records at most. Undefined where there is none yet; `wake` is called when there is. */
  readonly next: (recordsMax: number) => NextBatch | undefined
  /** Called with the bytes of a batch that was released. */
  readonly released?: (bytes: number) => void
}

/** A partition that hands on one batch at a time, each in a tick of its own. Batches wait until somebody subscribes. */
export class PartitionTurns implements Partition {
  readonly topic: string
  readonly partition: number
  readonly batches$: Observable<RecordBatch>
  /** The offset after the last record that was released. */
  private position: number | undefined
  private readonly share: TurnShare
  private subscriber: Subscriber<RecordBatch> | undefined
  private waiting = false
  private ended = false
  readonly caughtUp: Promise<void>
  private noteCaughtUp: () => void = () => undefined

  constructor(private readonly options: TurnOptions) {
    this.caughtUp = new Promise((resolve) => (this.noteCaughtUp = resolve))
    this.moveTo(options.position)
    this.topic = options.topic
    this.partition = options.partition
    this.share = new TurnShare(options.turnShares)
    this.batches$ = new Observable((subscriber) => this.attach(subscriber))
  }

  readonly lag = (): number => (this.position === undefined ? 0 : Math.max(0, this.options.endOffset() - this.position))

  wake(): void {
    if (this.waiting || this.ended || this.subscriber === undefined) return
    this.waiting = true
    this.share.enter()
    this.options.clock.nextTick(() => this.handOn())
  }

  /** Completes at once; a batch that has been handed on may still be released. */
  end(): void {
    this.ended = true
    this.share.leave()
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
    const allowed = this.share.recordsMax
    const batch = this.ended || this.subscriber === undefined ? undefined : this.options.next(allowed)
    if (batch === undefined) {
      this.waiting = false
      this.share.leave()
      return
    }
    const { topic, partition } = this
    this.position ??= batch.records[0]!.offset
    const { records, bytes } = batch
    this.subscriber?.next({ topic, partition, records, bytes, release: once((deliveries) => this.released(batch, deliveries, allowed)) })
  }

  private moveTo(position: number | undefined): void {
    this.position = position
    if (position !== undefined && position >= this.options.endAtStart) this.noteCaughtUp()
  }

  private released(batch: NextBatch, deliveries: number, allowed: number): void {
    this.waiting = false
    this.share.leave()
    this.share.learn(batch.records.length, deliveries, allowed)
    this.moveTo(offsetAfter(batch.records))
    this.options.released?.(batch.bytes)
    this.wake()
  }
}

function once(call: (deliveries: number) => void): (deliveries: number) => void {
  let called = false
  return (deliveries) => {
    if (called) return
    called = true
    call(deliveries)
  }
}

/** The offset behind the last of a batch's records. */
export function offsetAfter(records: RecordBatch['records']): number {
  return records[records.length - 1]!.offset + 1
}
