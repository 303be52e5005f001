import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import { KafkaBrokers } from '#kafka/kafka-brokers.js'
import { KafkaPulse } from '#kafka/kafka-pulse.js'
import { BrokerLoops } from '#kafka/read/broker-loops.js'
import type { Reading, StartAt } from '#kafka/read/reading.js'
import { ReadingTable } from '#kafka/read/reading-table.js'
import type { DependencyName, Meter } from '../../observe/meter.js'
import type { PartitionSource, ReadFrom, SourceStatus } from '../partition-source.js'
import { KafkaPartitions, type KafkaPartitionsOptions } from './kafka-partitions.js'
import { TopicWatch } from './topic-watch.js'
import { listed } from './waiting.js'

// What enters: the topics' records, by default from the end of their logs on, as of the start. What leaves: the same, in batches for
// each partition, none skipped and none twice. Dropped: what was aborted, and batches that cannot be read or stay damaged (logged, counted).
// No group is joined and nothing committed. A failure of Kafka drops nothing: reading goes on where it stood.

export interface KafkaSourceOptions extends KafkaLinkOptions, KafkaPartitionsOptions {
  /** Where partitions are read from that exist when their topics are looked at first. Later partitions are read from their beginning. */
  readonly startAt?: (topic: string, partition: number) => StartAt
  /** Where this process runs, as brokers name it in `broker.rack`: the nearest replica is read from. By default leaders are. */
  readonly rack?: string | undefined
  /** By which metrics tell whether Kafka answers this source; `kafka` unless told. */
  readonly dependency?: DependencyName
}

/** Joins the parts: the watch fills the table of partitions, the loops fetch what stands in it, and the buffers take what comes. */
export class KafkaSource implements PartitionSource {
  private readonly partitions: KafkaPartitions
  private readonly brokers: KafkaBrokers
  private readonly pulse: KafkaPulse
  private readonly loops: BrokerLoops
  private readonly table: ReadingTable
  private readonly watch: TopicWatch
  /** By topic. */
  private readonly from = new Map<string, ReadFrom>()

  constructor(private readonly options: KafkaSourceOptions) {
    const { clock, meter, log, startAt = (topic: string) => this.from.get(topic) ?? 'end', rack = '' } = options
    const brokers = (this.brokers = new KafkaBrokers(options))
    const pulse = (this.pulse = new KafkaPulse(clock))
    const partitions = (this.partitions = new KafkaPartitions(options, (topic, partition) => this.resume(topic, partition)))
    meter.dependencies.set(options.dependency ?? 'kafka', pulse)
    // Control topics are small, and what is read of them is told apart.
    const isMain = options.dependency === undefined
    const madeAnew = (topic: string) => log.warn({ topic }, 'A topic was made anew; it is read from its beginning.')
    const table = (this.table = new ReadingTable(startAt, madeAnew))
    this.watch = new TopicWatch({ clock, log, meter, brokers, pulse, table, partitions, changed: () => this.assign() })
    this.loops = new BrokerLoops({
      ...{ clock, brokers, pulse, rack },
      partitionBytesMax: () => partitions.fetchBytesMax,
      receive: (fetched) => partitions.receive(fetched),
      wentBack: (reading, offsets, endOffset) => this.wentBack(reading, offsets, endOffset),
      passed: ({ topic, partition }, offset) => partitions.get(topic, partition)?.passTo(offset),
      moved: () => this.assign(),
      refused: () => this.watch.hurry(),
      lost: (broker, reason) => this.lost(broker, reason),
      fetched: isMain ? (...answer) => noteFetch(meter, ...answer) : undefined,
    })
    if (isMain) meter.source = () => ({ ...partitions.state(), brokersLost: pulse.lostBrokers.length })
  }

  get partitions$() {
    return this.partitions.partitions$
  }

  start(topics: readonly string[], from: ReadFrom = 'end'): Promise<void> {
    for (const topic of topics) this.from.set(topic, from)
    return this.watch.start(topics)
  }

  add(topics: readonly string[], from: ReadFrom = 'end'): Promise<void> {
    for (const topic of topics) if (!this.from.has(topic)) this.from.set(topic, from)
    return this.watch.add(topics)
  }

  skipToEnd(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.from.set(topic, 'end')
    return this.watch.moveTo('end', topics)
  }

  readAgain(topics: readonly string[]): Promise<void> {
    return this.watch.moveTo('beginning', topics)
  }

  forbidden(topics: readonly string[]): readonly string[] {
    const { notPermitted, unreadable } = this.table
    return topics.filter((topic) => notPermitted.includes(topic) || unreadable.includes(topic))
  }

  topicId(topic: string): string | undefined {
    return this.table.topicId(topic)
  }

  partitionCount(topic: string): number {
    return this.table.partitionCount(topic)
  }

  /** Waits for no answer of Kafka. */
  stop(): Promise<void> {
    this.watch.stop()
    this.loops.stop()
    this.brokers.close()
    this.partitions.end()
    return Promise.resolve()
  }

  status(): SourceStatus {
    const { problem, waiting } = this.watch
    if (problem !== undefined) return { ready: false, reason: problem }
    const { isAllLost, lostBrokers } = this.pulse
    const reasons = [...waiting.sentences, ...listed('these brokers do not answer', lostBrokers.map(String))]
    return reasons.length === 0 ? { ready: true } : { ready: !isAllLost, reason: reasons.join('; ') }
  }

  /** Hands each partition to the loop of its broker, as the table has it now. */
  private assign(): void {
    if (this.watch.hasStopped) return
    for (const { isPlaced, topic, partition, position } of this.table)
      if (isPlaced && this.partitions.get(topic, partition) === undefined)
        this.partitions.begin(topic, partition, { position, endOffset: position })
    this.loops.assign(this.table)
  }

  private resume(topic: string, partition: number): void {
    const reading = this.table.get(topic, partition)
    if (reading === undefined) return
    reading.isHeld = false
    this.loops.wake(reading)
  }

  private wentBack(reading: Reading, offsets: number, endOffset: number): void {
    const { log, meter } = this.options
    const { name, topic, partition, position } = reading
    const fields = { partition: name, firstOffset: position, lastOffset: position + offsets - 1 }
    log.warn(fields, 'A new leader did not have all records (an unclean election); what stands in the place of these offsets is read too.')
    meter.offsetsCut += offsets
    if (this.from.get(topic) !== 'beginning') return this.partitions.get(topic, partition)?.breakOff({ position, endOffset })
    reading.beginAt('beginning')
    this.assign()
    this.watch.hurry()
  }

  private lost(broker: number, reason: string): void {
    const replicas = this.leaveReplicas(broker)
    const fields = { broker, reason, replicas }
    if (this.pulse.lost(broker)) this.options.log.warn(fields, 'A broker does not answer; its partitions wait, its replicas are not read.')
    // Its own partitions wait for the next look, whose pauses grow: asked at once, a broker that is gone would be asked without end.
    if (replicas > 0) this.assign()
    this.watch.hurry()
  }

  /** Partitions that were read from this broker as the nearest are read from their leaders. Returns how many there were. */
  private leaveReplicas(broker: number): number {
    const left = [...this.table].filter(({ replica }) => replica.broker === broker)
    for (const { replica } of left) replica.leave(this.options.clock.monotonicMs())
    return left.length
  }
}

function noteFetch(meter: Meter, tookMs: number, bytes: number, throttleMs: number): void {
  meter.fetchLatency.observe(tookMs)
  meter.fetchedBytes += bytes
  meter.throttledMs += throttleMs
}
