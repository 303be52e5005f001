import { pause, type Clock } from '#clock.js'
import { readFetchedLog, type FetchedLog } from '../fetched-log.js'
import type { KafkaLink } from '../kafka-link.js'
import type { KafkaNodes } from '../kafka-nodes.js'
import type { KafkaPulse } from '../kafka-pulse.js'
import { errorCodes } from '../wire/error-codes.js'
import { fetchQuestion, topicIdsFrom, type EpochEnd, type FetchAnswer, type PartitionAnswer } from '../wire/fetch-question.js'
import { FetchSession } from '../wire/fetch-session.js'
import { Bell } from './bell.js'
import { eventLoopBusyShare, FetchPace } from './fetch-pace.js'
import type { Reading } from './reading.js'

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
  /** Whether it may be fetched at once; otherwise somebody says when. */
  readonly mayGoOn: boolean
}

export interface BrokerLoopOptions {
  readonly clock: Clock
  readonly nodes: KafkaNodes
  readonly pulse: KafkaPulse
  /** Where we are, by which brokers know which replica is near; empty where leaders are read. */
  readonly rack: string
  /** What one answer brings for one partition, in bytes, unless a single batch is larger. */
  readonly partitionBytesMax: () => number
  readonly receive: (fetched: Fetched) => Reception
  /** Called where offsets were read that the log of a new leader does not have: what stands in their place is fetched. */
  readonly wentBack: (reading: Reading, offsets: number) => void
  /** Called when partitions are to be fetched from other nodes than before. */
  readonly moved: () => void
  /** Called when a node does not answer for a partition. It is not fetched any more until it is assigned again. */
  readonly refused: (reading: Reading) => void
  /** Called once when the loop has ended by itself: the node is gone. */
  readonly lost: (node: number, reason: string) => void
}

/** What one answer may hold, in bytes: it stays in memory as long as any of its records does. */
const answerBytesMax = 4 * 1024 * 1024
/** How long the broker waits for the first record, in milliseconds. */
const fetchWaitMs = 400
/** The same while some partition is held: it is not in the request that waits, and is fetched by the next one at the earliest. */
const fetchWaitMsHeld = 100
/** A broker's quotas ask for less. One that asks for more is asked again, and may refuse; in milliseconds. */
const throttleMsMax = 60_000
/** While all are held, the loop wakes for nothing but the bell; in milliseconds. */
const idleMs = 60_000
/** What an answer brings for a partition that may still be fetched to its end, in bytes. */
const littleBytes = 16 * 1024

/** Fetches from one node the partitions that it leads, by one request after the other on one link. Ends with the first failure. */
export class BrokerLoop {
  private readings = new Set<Reading>()
  private session = new FetchSession<Reading>(fetchQuestion.versionMax)
  private link: KafkaLink | undefined
  private readonly stopping = new AbortController()
  private readonly bell: Bell
  private readonly pace: FetchPace

  constructor(
    readonly node: number,
    private readonly options: BrokerLoopOptions,
  ) {
    this.bell = new Bell(options.clock)
    this.pace = new FetchPace(options.clock, eventLoopBusyShare())
  }

  /** Fetches these from now on, and no others. */
  assign(readings: ReadonlySet<Reading>): void {
    for (const reading of this.readings) if (!readings.has(reading)) this.readings.delete(reading)
    for (const reading of readings) this.readings.add(reading)
    this.bell.ring()
  }

  /** One of them is not held any more. */
  wake(): void {
    this.bell.ring()
  }

  stop(): void {
    this.stopping.abort()
    this.link?.close()
    this.bell.ring()
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { nodes, lost, pulse } = this.options
    try {
      pulse.asked(this.node)
      this.link = await nodes.open(this.node)
      pulse.answered(this.node)
      while (!this.isStopped) await this.fetchOnce(this.link)
    } catch (error) {
      if (!this.isStopped) lost(this.node, (error as Error).message)
    } finally {
      this.link?.close()
    }
  }

  private async fetchOnce(link: KafkaLink): Promise<void> {
    const wanted = [...this.readings].filter(({ isHeld }) => !isHeld)
    if (wanted.length === 0) {
      await this.bell.rest(idleMs)
      return
    }
    const answer = await this.ask(link, wanted)
    if (this.isStopped) return
    const leavesMore = this.session.goesOn(answer) && this.receiveAll(answer)
    const waitMs = Math.max(Math.min(answer.throttleMs, throttleMsMax), leavesMore ? 0 : this.pace.waitMs())
    if (waitMs > 0) await pause(this.options.clock, waitMs, this.stopping.signal)
  }

  private async ask(link: KafkaLink, wanted: readonly Reading[]): Promise<FetchAnswer> {
    const { pulse, partitionBytesMax } = this.options
    this.useSession(link.versionOf(fetchQuestion), wanted)
    const waitMs = wanted.length < this.readings.size ? fetchWaitMsHeld : fetchWaitMs
    const comparing = this.comparing(wanted)
    const rack = comparing.length === 0 ? this.options.rack : ''
    const limits = { waitMs, answerBytesMax, partitionBytesMax: partitionBytesMax(), rack }
    this.pace.fetches()
    pulse.asked(this.node)
    const answer = await link.ask(fetchQuestion, { ...limits, ...this.session.next(wanted) }, this.session.version)
    pulse.answered(this.node)
    for (const [reading, leaderEpoch] of comparing) reading.replica.compared(leaderEpoch)
    return answer
  }

  /** Those of which this leader may not name a replica, each with the epoch in which it is asked. */
  private comparing(wanted: readonly Reading[]): (readonly [Reading, leaderEpoch: number])[] {
    if (this.options.rack === '') return []
    const nowMs = this.options.clock.monotonicMs()
    const led = wanted.filter(({ node, replica, leaderEpoch }) => node === this.node && !replica.mayBeNamed(leaderEpoch, nowMs))
    return led.map((reading) => [reading, reading.leaderEpoch] as const)
  }

  /** Topics can be named by their ids only where all of them have one. */
  private useSession(newest: number, wanted: readonly Reading[]): void {
    const version = wanted.some(({ topicId }) => topicId === undefined) ? Math.min(newest, topicIdsFrom - 1) : newest
    if (version !== this.session.version) this.session = new FetchSession(version)
  }

  /** Whether one of the logs holds more still. */
  private receiveAll({ partitions }: FetchAnswer): boolean {
    let leavesMore = false
    let hasMoved = false
    for (const answer of partitions) {
      const asked = this.session.find(answer.topic, answer.partition)
      // Who has left meanwhile, or was put elsewhere, is fetched anew by whoever has it now.
      if (asked === undefined || !this.readings.has(asked.place) || asked.place.position !== asked.position) continue
      if (this.moves(asked.place, answer)) hasMoved = true
      else if (answer.errorCode !== errorCodes.none) this.refuse(asked.place, answer.errorCode)
      else if (answer.diverging !== undefined) this.goBack(asked.place, answer.diverging)
      else leavesMore = this.receive(asked.place, answer) || leavesMore
    }
    if (hasMoved) this.options.moved()
    return leavesMore
  }

  /** Whether it is fetched from another node from now on: from a near replica, or from its leader where the replica fails. */
  private moves({ node, replica }: Reading, { errorCode, diverging, preferredReplica }: PartitionAnswer): boolean {
    const nowMs = this.options.clock.monotonicMs()
    const isLeader = node === this.node
    if (isLeader && errorCode === errorCodes.none && preferredReplica >= 0 && preferredReplica !== node)
      replica.name(preferredReplica, nowMs)
    else if (!isLeader && (errorCode !== errorCodes.none || diverging !== undefined)) replica.leave(nowMs)
    else return false
    return true
  }

  private receive(reading: Reading, { aborted, endOffset, log: bytes }: PartitionAnswer): boolean {
    const { topic, partition, position } = reading
    const log = readFetchedLog(bytes, aborted, endOffset)
    const reception = this.options.receive({ topic, partition, position, log, endOffset })
    if (reception.position !== position) reading.moveTo(reception.position, epochBefore(reception.position, log))
    reading.errorCode = errorCodes.none
    reading.isHeld = !reception.mayGoOn
    // Whoever had something goes to the end, as a node without a session begins with the first.
    if (bytes.length > 0 && this.readings.delete(reading)) this.readings.add(reading)
    return leavesMore(log, endOffset)
  }

  private goBack(reading: Reading, diverging: EpochEnd): void {
    const offsets = reading.goBack(diverging)
    if (offsets === undefined) this.refuse(reading, errorCodes.unknown)
    else if (offsets > 0) this.options.wentBack(reading, offsets)
  }

  private refuse(reading: Reading, errorCode: number): void {
    this.readings.delete(reading)
    reading.refuse(errorCode)
    this.options.refused(reading)
  }
}

/** The epoch of the last record before the position, where that is the last that was fetched. */
function epochBefore(position: number, { last }: FetchedLog): number | undefined {
  return last?.damage === undefined && last?.lastOffset === position - 1 ? last.leaderEpoch : undefined
}

/**
 * Whether the log holds more still than the answer brought: what was written while the broker answered is none of it. Little that was
 * brought may mean that an open transaction holds back the rest.
 */
function leavesMore({ batches }: FetchedLog, endOffset: number): boolean {
  const [first, last] = [batches[0], batches.at(-1)]
  if (first === undefined || last === undefined || endOffset - last.lastOffset < last.lastOffset - first.firstOffset) return false
  return batches.reduce((bytes, { length }) => bytes + length, 0) > littleBytes
}
