import { type BackOff, backOffMs } from '#back-off.js'
import { type Clock, pause } from '#clock.js'
import type { KafkaBrokers } from '#kafka/kafka-brokers.js'
import type { KafkaPulse } from '#kafka/kafka-pulse.js'
import { Bell } from '#kafka/read/bell.js'
import { LogEndsAsker } from '#kafka/read/log-ends.js'
import type { LogEnds, Reading } from '#kafka/read/reading.js'
import type { ReadingTable } from '#kafka/read/reading-table.js'
import type { Log } from '#log.js'
import { Meter } from '../../observe/meter.js'
import type { KafkaPartitions } from './kafka-partitions.js'
import { Waiting } from './waiting.js'

export interface TopicWatchOptions {
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  readonly brokers: KafkaBrokers
  readonly pulse: KafkaPulse
  readonly table: ReadingTable
  readonly partitions: KafkaPartitions
  /** Called when the table has changed: partitions were found or placed, or have other leaders. */
  readonly changed: () => void
}

/** The pause between two looks at the topics while Kafka or one of the partitions does not answer, in milliseconds. */
const retries: BackOff = { firstMs: 50, maxMs: 1000 }
/** The pause while topics are missing, or partitions are held whose logs grow. */
const waitingLookMs = 2000
/** The pause where nothing is amiss: partitions that were added are found within this time. */
const calmLookMs = 5000

/** After so many looks in a row that did not help, another broker is asked: the one that answers may know old leaders only. */
const looksPerBroker = 3

/** Looks at the topics again and again: who leads their partitions, where logs begin and end that must be placed, and what is missing. */
export class TopicWatch {
  /** Why nothing can be read; undefined where Kafka answers. */
  problem: string | undefined = 'the source is not started'
  /** What is waited for while all the rest is read. */
  readonly waiting: Waiting
  private topics: readonly string[] = []
  private readonly bell: Bell
  private readonly logEnds: LogEndsAsker
  private readonly stopping = new AbortController()
  /** The last look that was asked for. Each waits for the one before it. */
  private looking: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: TopicWatchOptions) {
    this.waiting = new Waiting(options.log)
    this.bell = new Bell(options.clock)
    this.logEnds = new LogEndsAsker(options.brokers, options.clock)
  }

  get hasStopped(): boolean {
    return this.stopping.signal.aborted
  }

  async start(topics: readonly string[]): Promise<void> {
    this.problem = 'Kafka has not answered yet'
    await this.add(topics)
    void this.lookUntilStopped()
  }

  /** Resolves when it is known from where these topics are read, or the watch is stopped. */
  add(topics: readonly string[]): Promise<void> {
    this.topics = [...new Set([...this.topics, ...topics])]
    return this.untilPlaced(topics)
  }

  /** Reads these topics from one of the ends that their logs have now. Resolves as `add` does. */
  moveTo(end: 'beginning' | 'end', topics: readonly string[]): Promise<void> {
    const { table, partitions, changed } = this.options
    for (const reading of table) {
      if (!topics.includes(reading.topic)) continue
      reading.beginAt(end)
      partitions.clear(reading.topic, reading.partition)
    }
    changed()
    return this.untilPlaced(topics)
  }

  /** Makes the next look come soon. */
  hurry(): void {
    this.bell.ring()
  }

  stop(): void {
    this.problem = 'the source is stopped'
    this.stopping.abort()
    this.bell.ring()
  }

  private async untilPlaced(topics: readonly string[]): Promise<void> {
    const { clock, table } = this.options
    for (let tries = 0; !this.hasStopped; tries++) {
      await this.look()
      if (table.holds(topics)) return
      await pause(clock, backOffMs(retries, tries), this.stopping.signal)
    }
  }

  private async lookUntilStopped(): Promise<void> {
    for (let troubles = 0; !this.hasStopped;) {
      const isWaiting = this.waiting.sentences.length > 0 || this.options.table.hasHeld
      const isCalm = !this.isTroubled && (await this.bell.rest(isWaiting ? waitingLookMs : calmLookMs))
      if (!isCalm) await pause(this.options.clock, backOffMs(retries, troubles), this.stopping.signal)
      troubles = isCalm ? 0 : troubles + 1
      if (troubles % looksPerBroker === 0 && troubles > 0) this.options.brokers.askAnother()
      await this.look()
    }
  }

  private get isTroubled(): boolean {
    return this.problem !== undefined || this.options.table.unanswered.length > 0
  }

  private look(): Promise<unknown> {
    return (this.looking = this.looking.then(() => this.lookNow()))
  }

  /** Never rejects: `problem` says whether Kafka has failed. */
  private async lookNow(): Promise<void> {
    const { brokers, table, clock, changed } = this.options
    try {
      table.note(await brokers.metadata(this.topics))
      for (const { replica } of table) replica.forgetIfOld(clock.monotonicMs())
      changed()
      await this.place()
      if (!this.hasStopped) this.succeeded()
    } catch (error) {
      if (!this.hasStopped) this.failed((error as Error).message)
    }
  }

  /** Asks for the ends of logs whose partitions have no place yet, or are held and so hear of their ends by no fetch. */
  private async place(): Promise<void> {
    const { table, changed } = this.options
    const asked = [...table].filter(({ isPlaced, isHeld }) => !isPlaced || isHeld)
    await this.logEnds.ask(asked, (ends) => {
      if (this.hasStopped) return
      for (const [reading, endsOfLog] of ends) this.noteEnds(reading, endsOfLog)
      changed()
    })
  }

  private noteEnds(reading: Reading, ends: LogEnds): void {
    const { partitions, table } = this.options
    // The answer may be late, and its topic made anew meanwhile.
    if (table.get(reading.topic, reading.partition) !== reading) return
    if (!reading.isPlaced) this.placeNow(reading, ends)
    partitions.get(reading.topic, reading.partition)?.noteEnd(ends.high)
  }

  private placeNow(reading: Reading, ends: LogEnds): void {
    const { topic, partition, beginsAt } = reading
    const { partitions, meter, log } = this.options
    const { goesOn, moved } = reading.place(ends)
    const buffer = partitions.get(topic, partition)
    const start = { position: reading.position, endOffset: ends.stable }
    if (buffer === undefined) partitions.begin(topic, partition, start)
    else if (beginsAt === 'end') buffer.goOnAt(start)
    else if (!goesOn) buffer.breakOff(start)
    if (moved === undefined) return
    log.warn({}, moved.warning)
    Meter.count(meter.offsetsSkipped, 'retention', moved.dropped)
  }

  private failed(message: string): void {
    this.options.pulse.failed()
    const problem = `Kafka cannot be read: ${message}`
    if (problem !== this.problem) this.options.log.error({}, `${problem}; trying again until it can`)
    this.problem = problem
  }

  private succeeded(): void {
    const { pulse, table, log, partitions } = this.options
    pulse.heard()
    this.waiting.note(table)
    if (this.problem === undefined) return
    log.info({ topics: this.topics.length, partitions: partitions.count }, 'reading from Kafka')
    this.problem = undefined
  }
}
