import { pause } from '#clock.js'
import type { KafkaBrokers } from '../kafka-brokers.js'
import type { KafkaLink } from '../kafka-link.js'
import type { KafkaPulse } from '../kafka-pulse.js'
import { fetchQuestion, topicIdsFrom, type FetchAnswer } from '../wire/fetch-question.js'
import { FetchSession } from '../wire/fetch-session.js'
import { Bell } from './bell.js'
import { BrokerReadings, type BrokerReadingsOptions } from './broker-readings.js'
import { eventLoopBusyShare, FetchPace } from './fetch-pace.js'
import type { Reading } from './reading.js'

export interface BrokerLoopOptions extends BrokerReadingsOptions {
  readonly brokers: KafkaBrokers
  readonly pulse: KafkaPulse
  /** Where this process runs, by which leaders know its nearest replica; empty where leaders are read. */
  readonly rack: string
  /** What one answer brings for one partition, in bytes, unless a single batch is larger. */
  readonly partitionBytesMax: () => number
  /**
   * Called for each answer.
   * @param tookMs how long the broker took, also to wait for a first record.
   */
  readonly fetched?: ((tookMs: number, bytes: number, throttleMs: number) => void) | undefined
  /** Called once when the loop has ended by itself: the broker is gone. */
  readonly lost: (broker: number, reason: string) => void
}

/** What one answer may hold, in bytes: it stays in memory as long as any of its records does. */
const answerBytesMax = 4 * 1024 * 1024
/** How long the broker waits for the first record, in milliseconds. */
const fetchWaitMs = 400
/** The same while a partition is held: the request that waits does not name it, so that the next one should follow soon. */
const fetchWaitMsHeld = 100
/** The longest pause that a broker is granted, in milliseconds. Quotas ask for less; whoever asks for more may refuse the next request. */
const throttleMsMax = 60_000
/** How long the loop sleeps while all partitions are held, in milliseconds; the bell wakes it earlier. */
const idleMs = 60_000

/** Fetches partitions from one broker, by one request after the other on one link. Ends with the first failure. */
export class BrokerLoop {
  private readonly readings: BrokerReadings
  private session = new FetchSession<Reading>(fetchQuestion.versionMax)
  private link: KafkaLink | undefined
  private readonly stopping = new AbortController()
  private readonly bell: Bell
  private readonly pace: FetchPace

  constructor(
    readonly broker: number,
    private readonly options: BrokerLoopOptions,
  ) {
    this.readings = new BrokerReadings(broker, options)
    this.bell = new Bell(options.clock)
    this.pace = new FetchPace(options.clock, eventLoopBusyShare())
  }

  /** Fetches these partitions from now on, and no others. */
  assign(readings: ReadonlySet<Reading>): void {
    this.readings.assign(readings)
    this.bell.ring()
  }

  /** Must be called when a partition is no longer held. */
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
    const { brokers, lost, pulse } = this.options
    try {
      pulse.asked(this.broker)
      this.link = await brokers.open(this.broker)
      pulse.answered(this.broker)
      while (!this.isStopped) await this.fetchOnce(this.link)
    } catch (error) {
      if (!this.isStopped) lost(this.broker, (error as Error).message)
    } finally {
      this.link?.close()
    }
  }

  private async fetchOnce(link: KafkaLink): Promise<void> {
    const { wanted } = this.readings
    if (wanted.length === 0) {
      await this.bell.rest(idleMs)
      return
    }
    const answer = await this.ask(link, wanted)
    if (this.isStopped) return
    const leavesMore = this.session.goesOn(answer) && this.readings.take(answer, this.session)
    const waitMs = Math.max(Math.min(answer.throttleMs, throttleMsMax), leavesMore ? 0 : this.pace.waitMs())
    if (waitMs > 0) await pause(this.options.clock, waitMs, this.stopping.signal)
  }

  private async ask(link: KafkaLink, wanted: readonly Reading[]): Promise<FetchAnswer> {
    const { pulse, partitionBytesMax, clock, fetched } = this.options
    this.useSession(link.versionOf(fetchQuestion), wanted)
    const waitMs = wanted.length < this.readings.count ? fetchWaitMsHeld : fetchWaitMs
    const comparing = this.comparing(wanted)
    const rack = comparing.length === 0 ? this.options.rack : ''
    const limits = { waitMs, answerBytesMax, partitionBytesMax: partitionBytesMax(), rack }
    this.pace.fetches()
    pulse.asked(this.broker)
    const askedAtMs = clock.monotonicMs()
    const answer = await link.ask(fetchQuestion, { ...limits, ...this.session.next(wanted) }, this.session.version)
    pulse.answered(this.broker)
    fetched?.(clock.monotonicMs() - askedAtMs, bytesOf(answer), answer.throttleMs)
    for (const [reading, leaderEpoch] of comparing) reading.replica.compared(leaderEpoch)
    return answer
  }

  /** The partitions whose leader must compare its log first and may name no replica yet, each with the epoch in which it is asked. */
  private comparing(wanted: readonly Reading[]): (readonly [Reading, leaderEpoch: number])[] {
    if (this.options.rack === '') return []
    const nowMs = this.options.clock.monotonicMs()
    const led = wanted.filter(({ leader, replica, leaderEpoch }) => leader === this.broker && !replica.mayBeNamed(leaderEpoch, nowMs))
    return led.map((reading) => [reading, reading.leaderEpoch] as const)
  }

  /** A request can name topics by their ids only where all of them have one. */
  private useSession(newest: number, wanted: readonly Reading[]): void {
    const version = wanted.some(({ topicId }) => topicId === undefined) ? Math.min(newest, topicIdsFrom - 1) : newest
    if (version !== this.session.version) this.session = new FetchSession(version)
  }
}

function bytesOf({ partitions }: FetchAnswer): number {
  let bytes = 0
  for (const { log } of partitions) bytes += log.length
  return bytes
}
