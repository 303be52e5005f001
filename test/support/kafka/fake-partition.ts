import { errorCodes } from '#kafka/wire/error-codes.js'
import type { EpochEnd, FetchedPlace, PartitionAnswer } from '#kafka/wire/fetch-question.js'
import { encodeBatch } from './record-batch.js'

interface Written {
  readonly value: string
  readonly epoch: number
}

interface EpochStart {
  readonly epoch: number
  readonly offset: number
}

/** What a replica had at some time. */
export interface FakeReplica {
  readonly written: readonly Written[]
  readonly starts: readonly EpochStart[]
}

/** A log that tests change as they like, with its epochs as Kafka keeps them. */
export class FakePartition {
  leaderEpoch = 0
  /** Its oldest offset. */
  low = 0
  /** Answered to every fetch, unless 0. */
  errorCode = 0
  /** Answered to every fetch that knows an epoch, instead of what is so. */
  diverging: EpochEnd | undefined
  private written: readonly Written[] = []
  /** Where each epoch began, as its leader noted it. */
  private starts: readonly EpochStart[] = [{ epoch: 0, offset: 0 }]

  /** @param leader -1 where there is none. */
  constructor(public leader: number) {}

  get high(): number {
    return this.written.length
  }

  get values(): readonly string[] {
    return this.written.map(({ value }) => value)
  }

  get replica(): FakeReplica {
    return { written: this.written, starts: this.starts }
  }

  append(...values: string[]): void {
    this.written = [...this.written, ...values.map((value) => ({ value, epoch: this.leaderEpoch }))]
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

  /** What a fetch brings for it; undefined where it has nothing to say. */
  fetch({ position, lastEpoch }: FetchedPlace): Omit<PartitionAnswer, 'topic' | 'partition'> | undefined {
    const answer = { errorCode: this.errorCode, endOffset: this.high, diverging: undefined, aborted: [], log: Buffer.alloc(0) }
    if (this.errorCode !== 0) return answer
    const end = lastEpoch < 0 ? undefined : this.endOf(lastEpoch)
    if (lastEpoch >= 0 && this.diverging !== undefined) return { ...answer, diverging: this.diverging }
    const isUnknown = lastEpoch >= 0 && end === undefined
    if (isUnknown || position < this.low) return { ...answer, errorCode: errorCodes.offsetOutOfRange }
    if (end !== undefined && (end.epoch < lastEpoch || end.endOffset < position)) return { ...answer, diverging: end }
    if (position > this.high) return { ...answer, errorCode: errorCodes.offsetOutOfRange }
    return position === this.high ? undefined : { ...answer, log: this.batchesFrom(position) }
  }

  /** As in Kafka's `LeaderEpochFileCache.endOffsetFor`. */
  private endOf(epoch: number): EpochEnd | undefined {
    if (this.starts.at(-1)?.epoch === epoch) return { epoch, endOffset: this.high }
    const next = this.starts.find((start) => start.epoch > epoch)
    if (next === undefined) return undefined
    return { epoch: this.starts.findLast((start) => start.epoch <= epoch)?.epoch ?? epoch, endOffset: next.offset }
  }

  /** One for the records of each epoch. */
  private batchesFrom(position: number): Buffer {
    const batches: Buffer[] = []
    for (let from = position; from < this.high;) {
      const { epoch } = this.written[from]!
      const rest = this.written.slice(from)
      const count = rest.findIndex((one) => one.epoch !== epoch)
      const values = rest.slice(0, count < 0 ? rest.length : count).map(({ value }) => value)
      batches.push(encodeBatch({ firstOffset: from, leaderEpoch: epoch, values }))
      from += values.length
    }
    return Buffer.concat(batches)
  }
}
