import { errorCodes } from '#kafka/wire/error-codes.js'
import type { EpochEnd, FetchedPlace, PartitionAnswer } from '#kafka/wire/fetch-question.js'
import { encodeBatch } from './record-batch.js'

type FakeAnswer = Omit<PartitionAnswer, 'topic' | 'partition'>

export const nothing: FakeAnswer = {
  ...{ errorCode: 0, endOffset: -1, stableOffset: -1, diverging: undefined, preferredReplica: -1 },
  ...{ aborted: [], log: Buffer.alloc(0) },
}

interface Written {
  /** Undefined where compaction has removed the record; `aborted` and `marker` are of a transaction that was aborted. */
  readonly value: string | undefined
  readonly kind: 'record' | 'aborted' | 'marker'
  readonly epoch: number
}

/** Of all transactions, as each ends before the next one begins. */
const producerId = 7

interface EpochStart {
  readonly epoch: number
  readonly offset: number
}

/** What a replica had at some time. */
export interface FakeReplica {
  readonly written: readonly Written[]
  readonly starts: readonly EpochStart[]
}

/** A replica that does not lead. */
export interface FakeFollower {
  node: number
  /** How much of the log it has; all of it where that is undefined. */
  high?: number | undefined
  /** Answered to every fetch, unless 0. */
  errorCode: number
}

/** A log that tests change as they like, with its epochs as Kafka keeps them. */
export class FakePartition {
  leaderEpoch = 0
  /** Its oldest offset. */
  low = 0
  /** Answered to every fetch, unless 0. */
  errorCode = 0
  /** The follower that is near whoever says a rack. */
  near: FakeFollower | undefined
  /** Answered to every fetch that knows an epoch, instead of what is so. */
  diverging: EpochEnd | undefined
  /** Where a transaction begins that is open still. */
  openFrom: number | undefined
  private written: readonly Written[] = []
  /** Where each epoch began, as its leader noted it. */
  private starts: readonly EpochStart[] = [{ epoch: 0, offset: 0 }]

  /** @param leader -1 where there is none. */
  constructor(public leader: number) {}

  get high(): number {
    return this.written.length
  }

  /** What lies before it is decided. */
  get stable(): number {
    return this.openFrom ?? this.high
  }

  get values(): readonly string[] {
    return this.written.flatMap(({ value, kind }) => (kind === 'record' && value !== undefined ? [value] : []))
  }

  /** Retention drops all of these but the last one before anybody is answered. */
  overtake(...values: string[]): void {
    this.errorCode = 6
    this.append(...values)
    this.low = this.high - 1
    this.errorCode = errorCodes.none
  }

  get replica(): FakeReplica {
    return { written: this.written, starts: this.starts }
  }

  append(...values: string[]): void {
    this.write('record', ...values)
  }

  /** A transaction that is aborted: its records, and the marker behind them. */
  abort(...values: string[]): void {
    this.write('aborted', ...values)
    this.write('marker', 'abort')
  }

  /** Compaction removes the records from this offset on. */
  compact(fromOffset: number): void {
    this.written = this.written.map((one, offset) => (offset < fromOffset ? one : { ...one, value: undefined }))
  }

  /** Another one leads from now on, or none. */
  elect(leader: number): void {
    this.leader = leader
    this.leaderEpoch++
    if (leader >= 0) this.starts = [...this.starts, { epoch: this.leaderEpoch, offset: this.high }]
  }

  /** An unclean election: the new leader has what the replica had before the offset, and nothing else. */
  electUncleanly(fromOffset: number, { written, starts } = this.replica, leader = this.leader): void {
    this.written = written.slice(0, fromOffset)
    this.starts = starts.filter(({ offset }) => offset < fromOffset)
    this.elect(leader)
  }

  /** What a fetch from its leader brings; undefined where that has nothing to say. */
  fetch({ position, lastEpoch }: FetchedPlace, rack = ''): FakeAnswer | undefined {
    const answer = { ...nothing, errorCode: this.errorCode, endOffset: this.high, stableOffset: this.stable }
    if (this.errorCode !== 0) return answer
    if (rack !== '' && this.near !== undefined) return { ...answer, preferredReplica: this.near.node }
    const end = lastEpoch < 0 ? undefined : this.endOf(lastEpoch)
    if (lastEpoch >= 0 && this.diverging !== undefined) return { ...answer, diverging: this.diverging }
    const isUnknown = lastEpoch >= 0 && end === undefined
    if (isUnknown || position < this.low) return { ...answer, errorCode: errorCodes.offsetOutOfRange }
    if (end !== undefined && (end.epoch < lastEpoch || end.endOffset < position)) return { ...answer, diverging: end }
    if (position > this.high) return { ...answer, errorCode: errorCodes.offsetOutOfRange }
    return this.answered(answer, position, this.stable)
  }

  /** What a fetch from its follower brings. */
  fetchNear({ position }: FetchedPlace): FakeAnswer | undefined {
    const { high = this.high, errorCode } = this.near!
    const answer = { ...nothing, endOffset: high, stableOffset: high }
    if (errorCode !== 0 || position > high) return { ...answer, errorCode: errorCode || errorCodes.offsetOutOfRange }
    return this.answered(answer, position, high)
  }

  private answered(answer: FakeAnswer, position: number, high: number): FakeAnswer | undefined {
    if (position >= high) return undefined
    const aborted = this.written.flatMap(({ kind }, offset) =>
      kind === 'aborted' ? [{ producerId: BigInt(producerId), firstOffset: offset }] : [],
    )
    return { ...answer, log: this.batchesFrom(position, high), aborted }
  }

  /** As in Kafka's `LeaderEpochFileCache.endOffsetFor`. */
  private endOf(epoch: number): EpochEnd | undefined {
    if (this.starts.at(-1)?.epoch === epoch) return { epoch, endOffset: this.high }
    const next = this.starts.find((start) => start.epoch > epoch)
    if (next === undefined) return undefined
    return { epoch: this.starts.findLast((start) => start.epoch <= epoch)?.epoch ?? epoch, endOffset: next.offset }
  }

  private write(kind: Written['kind'], ...values: string[]): void {
    this.written = [...this.written, ...values.map((value) => ({ value, kind, epoch: this.leaderEpoch }))]
  }

  /** One for the records of each epoch and kind that follow each other. */
  private batchesFrom(position: number, high: number): Buffer {
    const batches: Buffer[] = []
    for (let from = position; from < high;) {
      const { epoch: leaderEpoch, kind, value } = this.written[from]!
      const rest = this.written.slice(from, high)
      const count = rest.findIndex(
        (one) => one.epoch !== leaderEpoch || one.kind !== kind || (one.value === undefined) !== (value === undefined),
      )
      const values = rest.slice(0, count < 0 ? rest.length : count).map((one) => String(one.value))
      const batch = { firstOffset: from, leaderEpoch, ...(kind !== 'record' && { producerId, transactional: true }) }
      if (value !== undefined) batches.push(encodeBatch({ ...batch, ...(kind === 'marker' ? { end: 'abort' } : { values }) }))
      from += values.length
    }
    return Buffer.concat(batches)
  }
}
