import type { Clock } from '#clock.js'
import { readFetchedLog, type FetchedLog } from '../fetched-log.js'
import { errorCodes } from '../wire/error-codes.js'
import type { EpochEnd, FetchAnswer, PartitionAnswer } from '../wire/fetch-question.js'
import type { FetchSession } from '../wire/fetch-session.js'
import type { Reading } from './reading.js'
import { UnansweredEnds } from './unanswered-ends.js'

export interface Fetched {
  readonly topic: string
  readonly partition: number
  /** The offset that was fetched from. */
  readonly position: number
  readonly log: FetchedLog
  /** The offset that the log's next record gets. */
  readonly endOffset: number
}

export interface Reception {
  /** The offset that is fetched next. */
  readonly position: number
  /** Whether the partition may be fetched at once; otherwise the receiver says when. */
  readonly mayGoOn: boolean
}

export interface BrokerReadingsOptions {
  readonly clock: Clock
  readonly receive: (fetched: Fetched) => Reception
  /**
   * Called where a new leader's log does not have offsets that were read: what stands in their place is fetched.
   * @param endOffset where that log ends.
   */
  readonly wentBack: (reading: Reading, offsets: number, endOffset: number) => void
  /** Called where the log has no record from the reading's position on up to this offset, and none is to come. */
  readonly passed: (reading: Reading, offset: number) => void
  /** Called when partitions are to be fetched from other brokers than before. */
  readonly moved: () => void
  /** Called when the broker answers with an error for a partition, which is fetched again only when it is assigned again. */
  readonly refused: (reading: Reading) => void
}

/** With less than this in a partition's answer, in bytes, its log is not taken to hold more. */
const littleBytes = 16 * 1024

/** The partitions that are fetched from one broker, and what becomes of its answers for them. */
export class BrokerReadings {
  private readonly readings = new Set<Reading>()
  private readonly unansweredEnds: UnansweredEnds

  constructor(
    private readonly broker: number,
    private readonly options: BrokerReadingsOptions,
  ) {
    this.unansweredEnds = new UnansweredEnds(options.clock)
  }

  /** Partitions that stay keep their place in the order in which they are fetched. */
  assign(readings: ReadonlySet<Reading>): void {
    for (const reading of this.readings) if (!readings.has(reading)) this.leave(reading)
    for (const reading of readings) this.readings.add(reading)
  }

  get count(): number {
    return this.readings.size
  }

  /** The partitions that are fetched now, as they are not held. */
  get wanted(): readonly Reading[] {
    return [...this.readings].filter(({ isHeld }) => !isHeld)
  }

  /**
   * Takes the answer for each partition.
   * @param session by which the partitions were asked for.
   * @returns whether one of the logs holds more still.
   */
  take({ partitions, throttleMs }: FetchAnswer, session: FetchSession<Reading>): boolean {
    let leavesMore = false
    let hasMoved = false
    for (const answer of partitions) {
      const asked = session.find(answer.topic, answer.partition)
      // A partition that was assigned elsewhere meanwhile, or was moved, is fetched anew from where it stands now.
      if (asked === undefined || !this.readings.has(asked.place) || asked.place.position !== asked.position) continue
      if (this.moves(asked.place, answer)) hasMoved = true
      else if (answer.errorCode !== errorCodes.none) this.refuse(asked.place, answer.errorCode)
      else if (answer.diverging !== undefined) this.goBack(asked.place, answer.diverging, answer.endOffset)
      else leavesMore = this.receive(asked.place, answer) || leavesMore
    }
    // A broker that makes us wait may have left out any of them.
    if (throttleMs === 0) this.passEnds(partitions, session)
    if (hasMoved) this.options.moved()
    return leavesMore
  }

  private passEnds(partitions: readonly PartitionAnswer[], session: FetchSession<Reading>): void {
    const { size } = this.readings
    const answers = partitions.every(({ log }) => log.length === 0) ? size : 1
    const passed = this.unansweredEnds.passed((reading) => session.hasAsked(reading), answers, size)
    for (const [reading, offset] of passed) this.options.passed(reading, offset)
  }

  /** Whether another broker is fetched from now on: a near replica, or the leader where the replica fails. */
  private moves({ leader, replica }: Reading, { errorCode, diverging, preferredReplica }: PartitionAnswer): boolean {
    const nowMs = this.options.clock.monotonicMs()
    const isLeader = leader === this.broker
    if (isLeader && errorCode === errorCodes.none && preferredReplica >= 0 && preferredReplica !== leader)
      replica.name(preferredReplica, nowMs)
    else if (!isLeader && (errorCode !== errorCodes.none || diverging !== undefined)) replica.leave(nowMs)
    else return false
    return true
  }

  private receive(reading: Reading, { aborted, endOffset, stableOffset, log: bytes }: PartitionAnswer): boolean {
    const { topic, partition, position } = reading
    const log = readFetchedLog(bytes, aborted, endOffset)
    const reception = this.options.receive({ topic, partition, position, log, endOffset })
    if (reception.position !== position) reading.moveTo(reception.position, epochBefore(reception.position, log))
    this.unansweredEnds.note(reading, stableOffset, bytes.length > 0)
    reading.errorCode = errorCodes.none
    reading.isHeld = !reception.mayGoOn
    // A broker without a session fills its answers from the first partition on, so one that had records goes to the end.
    if (bytes.length > 0 && this.readings.delete(reading)) this.readings.add(reading)
    return leavesMore(log, endOffset)
  }

  private goBack(reading: Reading, diverging: EpochEnd, endOffset: number): void {
    const offsets = reading.goBack(diverging)
    this.unansweredEnds.forget(reading)
    if (offsets === undefined) this.refuse(reading, errorCodes.unknown)
    else if (offsets > 0) this.options.wentBack(reading, offsets, endOffset)
  }

  private refuse(reading: Reading, errorCode: number): void {
    this.leave(reading)
    reading.refuse(errorCode)
    this.options.refused(reading)
  }

  private leave(reading: Reading): void {
    this.readings.delete(reading)
    this.unansweredEnds.forget(reading)
  }
}

/** The epoch of the record before the position; undefined where that record is not the last one that was fetched. */
function epochBefore(position: number, { last }: FetchedLog): number | undefined {
  return last?.damage === undefined && last?.lastOffset === position - 1 ? last.leaderEpoch : undefined
}

/**
 * Whether the log holds at least as much again as the answer brought: a smaller rest was written while the broker answered. Where the
 * answer brought little, an open transaction may hold back the rest.
 */
function leavesMore({ batches }: FetchedLog, endOffset: number): boolean {
  const [first, last] = [batches[0], batches.at(-1)]
  if (first === undefined || last === undefined || endOffset - last.lastOffset < last.lastOffset - first.firstOffset) return false
  return batches.reduce((bytes, { length }) => bytes + length, 0) > littleBytes
}
