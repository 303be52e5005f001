import { Observable, Subject, type Subscriber } from 'rxjs'
import type { Clock } from '#clock.js'
import type { LogBreak, Partition, RecordBatch } from './partition-source.js'
import { TurnShare, type TurnShares } from './turn-shares.js'

type NextBatch = Pick<RecordBatch, 'records' | 'bytes'>

/** From where a log is read, and the offset that its next record got then. */
export interface LogStart {
  readonly position: number
  readonly endOffset: number
}

export interface TurnOptions {
  readonly topic: string
  readonly partition: number
  readonly clock: Clock
  /** Shared by all partitions of the source. */
  readonly turnShares: TurnShares
  readonly start: LogStart
  /** The offset that the log's next record gets, as far as it is known. */
  readonly endOffset: () => number
  /** Makes the next batch, of `recordsMax` records at most. Undefined where there is none yet; `wake` is called when there is. */
  readonly next: (recordsMax: number) => NextBatch | undefined
  /**
   * Asked where there is no next batch: the offset before which no record waits any more, or a start where the log does not go on. Undefined
   * where records wait.
   */
  readonly passed: () => number | LogStart | undefined
  /** Called with the bytes of a batch that was released. */
  readonly released?: (bytes: number) => void
}

/** A partition that hands on one batch at a time, each in a tick of its own. Batches wait until somebody subscribes. */
export class PartitionTurns implements Partition {
  readonly topic: string
  readonly partition: number
  readonly batches$: Observable<RecordBatch>
  readonly caughtUp: Promise<void>
  readonly breaks$: Observable<LogBreak>
  /** The offset before which every record was released. */
  private position = 0
  /** Where the log ended when the position was last set, and whom to tell when that is reached. */
  private goal = 0
  private readonly atGoal: (() => void)[] = []
  private readonly broken = new Subject<LogBreak>()
  private readonly share: TurnShare
  private subscriber: Subscriber<RecordBatch> | undefined
  private waiting = false
  private ended = false

  constructor(private readonly options: TurnOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.caughtUp = this.begin(options.start)
    this.breaks$ = this.broken.asObservable()
    this.share = new TurnShare(options.turnShares)
    this.batches$ = new Observable((subscriber) => this.attach(subscriber))
  }

  readonly lag = (): number => Math.max(0, this.options.endOffset() - this.position)

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
    this.broken.complete()
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
    const batch = this.ended || this.subscriber === undefined ? undefined : this.next(allowed)
    if (batch === undefined) {
      this.waiting = false
      this.share.leave()
      return
    }
    const { topic, partition } = this
    const { records, bytes } = batch
    this.subscriber?.next({ topic, partition, records, bytes, release: once((deliveries) => this.released(batch, deliveries, allowed)) })
  }

  private next(recordsMax: number): NextBatch | undefined {
    for (;;) {
      const batch = this.options.next(recordsMax)
      const passed = batch === undefined ? this.options.passed() : undefined
      if (typeof passed === 'number') this.moveTo(passed)
      if (typeof passed !== 'object') return batch
      this.broken.next({ caughtUp: this.begin(passed) })
    }
  }

  private begin({ position, endOffset }: LogStart): Promise<void> {
    this.goal = endOffset
    const caughtUp = new Promise<void>((resolve) => void this.atGoal.push(resolve))
    this.moveTo(position)
    return caughtUp
  }

  private moveTo(position: number): void {
    this.position = position
    if (position >= this.goal && this.atGoal.length > 0) for (const tell of this.atGoal.splice(0)) tell()
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
