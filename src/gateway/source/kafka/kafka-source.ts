import { type BackOff, backOffMs } from '#back-off.js'
import { pause } from '#clock.js'
import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import { KafkaNodes } from '#kafka/kafka-nodes.js'
import { KafkaPulse } from '#kafka/kafka-pulse.js'
import { Bell } from '#kafka/read/bell.js'
import { BrokerLoops } from '#kafka/read/broker-loops.js'
import { askEnds } from '#kafka/read/log-ends.js'
import type { LogEnds, Reading, StartAt } from '#kafka/read/reading.js'
import { ReadingTable } from '#kafka/read/reading-table.js'
import { Meter } from '../../observe/meter.js'
import type { PartitionSource, SourceStatus } from '../partition-source.js'
import { KafkaPartitions, type KafkaPartitionsOptions } from './kafka-partitions.js'
import { listed, Waiting } from './waiting.js'

// What enters: the topics' records, by default from the end of their logs on, as of the start. What leaves: the same, in batches for
// each partition, none skipped and none twice. Dropped: what was aborted, and batches that cannot be read or stay damaged (logged, counted).
// No group is joined and nothing committed. A failure of Kafka drops nothing: reading goes on where it stood.

export interface KafkaSourceOptions extends KafkaLinkOptions, KafkaPartitionsOptions {
  /** Where the partitions are read from that exist when their topics are read first; those that come later, from their beginning. */
  readonly startAt?: (topic: string, partition: number) => StartAt
  /** Where this process runs, as brokers name it in `broker.rack`: their nearest replica is read from. By default leaders are. */
  readonly rack?: string | undefined
}

/** Between two looks at the topics while Kafka, or one of the partitions, does not answer, in milliseconds. */
const retries: BackOff = { firstMs: 50, maxMs: 1000 }
/** The same where topics are missing, or the logs of those grow that are not fetched now. */
const waitingLookMs = 2000
/** The same where nothing is amiss: partitions that were added are found within this time. */
const calmLookMs = 5000

export class KafkaSource implements PartitionSource {
  private readonly partitions: KafkaPartitions
  private readonly nodes: KafkaNodes
  private readonly pulse: KafkaPulse
  private readonly loops: BrokerLoops
  private readonly table: ReadingTable
  private readonly waiting: Waiting
  private topics: readonly string[] = []
  private problem: string | undefined = 'the source is not started'
  /** Rings when the topics should be looked at soon. */
  private readonly bell: Bell
  private readonly stopping = new AbortController()
  /** One look at a time. */
  private looking: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: KafkaSourceOptions) {
    const { clock, meter, log, startAt = () => 'end' as const, rack = '' } = options
    const nodes = (this.nodes = new KafkaNodes(options))
    const pulse = (this.pulse = new KafkaPulse(clock))
    const partitions = (this.partitions = new KafkaPartitions(options, (topic, partition) => this.resume(topic, partition)))
    meter.dependencies.set('kafka', pulse)
    this.bell = new Bell(clock)
    this.table = new ReadingTable(startAt, (topic) => log.warn({ topic }, 'A topic was made anew; it is read from its beginning.'))
    this.waiting = new Waiting(log)
    this.loops = new BrokerLoops({
      ...{ clock, nodes, pulse, rack },
      partitionBytesMax: () => partitions.fetchBytesMax,
      receive: (fetched) => partitions.receive(fetched),
      wentBack: (reading, offsets) => this.wentBack(reading, offsets),
      moved: () => this.assign(),
      refused: () => this.bell.ring(),
      lost: (node, reason) => this.lost(node, reason),
    })
  }

  get partitions$() {
    return this.partitions.partitions$
  }

  async start(topics: readonly string[]): Promise<void> {
    this.problem = 'Kafka has not answered yet'
    await this.add(topics)
    void this.lookUntilStopped()
  }

  async add(topics: readonly string[]): Promise<void> {
    this.topics = [...new Set([...this.topics, ...topics])]
    for (let tries = 0; !this.hasStopped; tries++) {
      await this.look()
      if (this.table.holds(topics)) return
      await pause(this.options.clock, backOffMs(retries, tries), this.stopping.signal)
    }
  }

  /** What still waits for an answer of Kafka is not waited for. */
  stop(): Promise<void> {
    this.problem = 'the source is stopped'
    this.stopping.abort()
    this.bell.ring()
    this.loops.stop()
    this.nodes.close()
    this.partitions.end()
    return Promise.resolve()
  }

  status(): SourceStatus {
    if (this.problem !== undefined) return { ready: false, reason: this.problem }
    const { isAllLost, lostBrokers } = this.pulse
    const reasons = [...this.waiting.sentences, ...listed('these brokers do not answer', lostBrokers.map(String))]
    return reasons.length === 0 ? { ready: true } : { ready: !isAllLost, reason: reasons.join('; ') }
  }

  private get hasStopped(): boolean {
    return this.stopping.signal.aborted
  }

  private async lookUntilStopped(): Promise<void> {
    for (let troubles = 0; !this.hasStopped;) {
      const isWaiting = this.waiting.sentences.length > 0 || this.table.hasHeld
      const isCalm = !this.isTroubled && (await this.bell.rest(isWaiting ? waitingLookMs : calmLookMs))
      if (!isCalm) await pause(this.options.clock, backOffMs(retries, troubles), this.stopping.signal)
      troubles = isCalm ? 0 : troubles + 1
      await this.look()
    }
  }

  private get isTroubled(): boolean {
    return this.problem !== undefined || this.table.unanswered.length > 0
  }

  private look(): Promise<unknown> {
    return (this.looking = this.looking.then(() => this.lookNow()))
  }

  /** Never rejects: whether Kafka is lost, it says in `problem`. */
  private async lookNow(): Promise<void> {
    try {
      this.table.note(await this.nodes.metadata(this.topics))
      for (const { replica } of this.table) replica.forgetIfOld(this.options.clock.monotonicMs())
      this.assign()
      await this.place()
      if (!this.hasStopped) this.succeeded()
    } catch (error) {
      if (!this.hasStopped) this.failed((error as Error).message)
    }
  }

  /** Asks where the logs end of which that must be known, and of those that are not fetched now. */
  private async place(): Promise<void> {
    const asked = [...this.table].filter(({ isPlaced, isHeld }) => !isPlaced || isHeld)
    await askEnds(this.nodes, asked, this.options.clock, (ends) => {
      for (const [reading, endsOfLog] of ends) this.noteEnds(reading, endsOfLog)
      this.assign()
    })
  }

  private noteEnds(reading: Reading, ends: LogEnds): void {
    const { meter, log } = this.options
    const moved = reading.isPlaced ? undefined : reading.place(ends)
    this.partitions.noteEnd(reading.topic, reading.partition, ends.high)
    if (moved === undefined) return
    log.warn({}, moved.warning)
    Meter.count(meter.offsetsSkipped, 'retention', moved.dropped)
  }

  private assign(): void {
    if (this.hasStopped) return
    for (const { isPlaced, topic, partition, position } of this.table) if (isPlaced) this.partitions.begin(topic, partition, position)
    this.loops.assign(this.table)
  }

  private resume(topic: string, partition: number): void {
    const reading = this.table.get(topic, partition)
    if (reading === undefined) return
    reading.isHeld = false
    this.loops.wake(reading)
  }

  private wentBack({ name, position }: Reading, offsets: number): void {
    const { log, meter } = this.options
    const fields = { partition: name, firstOffset: position, lastOffset: position + offsets - 1 }
    log.warn(fields, 'A new leader did not have all records (an unclean election); what stands in the place of these offsets is read too.')
    meter.offsetsCut += offsets
  }

  private lost(node: number, reason: string): void {
    const fields = { broker: node, reason, replicas: this.leaveReplicas(node) }
    if (this.pulse.lost(node)) this.options.log.warn(fields, 'A broker does not answer; its partitions wait, its replicas are not read.')
    this.assign()
    this.bell.ring()
  }

  /** What was read from it for being near is read from the leaders. Returns how many partitions that were. */
  private leaveReplicas(node: number): number {
    const left = [...this.table].filter(({ replica }) => replica.node === node)
    for (const { replica } of left) replica.leave(this.options.clock.monotonicMs())
    return left.length
  }

  private failed(message: string): void {
    this.pulse.failed()
    const problem = `Kafka cannot be read: ${message}`
    if (problem !== this.problem) this.options.log.error({}, `${problem}; trying again until it can`)
    this.problem = problem
  }

  private succeeded(): void {
    this.pulse.heard()
    this.waiting.note(this.table)
    if (this.problem === undefined) return
    this.options.log.info({ topics: this.topics.length, partitions: this.partitions.count }, 'reading from Kafka')
    this.problem = undefined
  }
}
