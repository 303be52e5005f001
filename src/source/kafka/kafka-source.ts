import { ReplaySubject } from 'rxjs'
import { Meter } from '../../observe/meter.js'
import { KafkaConnection, type KafkaConnectionOptions } from './kafka-connection.js'
import { KafkaPositions, type TopicEnds } from './kafka-positions.js'
import type { FetchedBatch, KafkaReader } from './kafka-reader.js'
import type { KafkaRecordBatch } from './kafka-record-batch.js'
import { TurnShares } from '../batch-size.js'
import { BufferShares, PartitionBuffer } from '../partition-buffer.js'
import type { Partition, PartitionSource, SourceStatus } from '../partition-source.js'
import { StopSignal } from './stop-signal.js'
import { UnreadBatch } from './unread-batch.js'

// What enters: the topics' records from the end of their logs on, as of the start. What leaves: the same, in batches for
// each partition, none skipped and none twice. Dropped: what was aborted, and batches that cannot be read (logged, counted). A failure of
// Kafka drops nothing: reading goes on where it stood.

export interface KafkaSourceOptions extends KafkaConnectionOptions {
  /** What the names of consumer groups begin with, for brokers with access lists. */
  readonly groupPrefix: string
  /** Random, so that no two nodes ever share a group. */
  readonly nodeId: string
  /** What all partitions together may hold between Kafka and the pipeline, in bytes. */
  readonly bufferBytesMax: number
  readonly meter: Meter
}

/** What one fetch may bring for a partition, in bytes: Kafka's own default, and less where its share of the buffer is small. */
const partitionFetchBytesMax = 1024 * 1024
const partitionFetchBytesMin = 16 * 1024
/** Between two tries to reach Kafka, in milliseconds: soon at first, then at a pace that no broker minds. */
const retryMsMin = 250
const retryMsMax = 5000
/** Between two looks for topics that do not exist yet, and at the ends of logs that are not fetched now, in milliseconds. */
const lookMs = 2000

const never = new Promise<never>(() => undefined)

export class KafkaSource implements PartitionSource {
  private readonly found = new ReplaySubject<Partition>()
  readonly partitions$ = this.found.asObservable()
  private readonly connection: KafkaConnection
  private readonly positions = new KafkaPositions()
  private readonly shares: BufferShares
  private readonly turnShares = new TurnShares()
  private readonly buffers = new Map<string, PartitionBuffer>()
  private topics: readonly string[] = []
  private missing: readonly string[] = []
  private problem: string | undefined = 'the source is not started'
  private reader: KafkaReader | undefined
  /** Counts the consumer groups of this node: each try has its own, as a broker waits long for a member that is gone. */
  private groups = 0
  private retryMs = retryMsMin
  private readonly stopSignal = new StopSignal()
  /** Resolves when topics are added; another one stands here then. */
  private added!: Promise<void>
  private noteAdded!: () => void
  private finished: Promise<void> = Promise.resolve()

  constructor(private readonly options: KafkaSourceOptions) {
    this.connection = new KafkaConnection(options)
    this.shares = new BufferShares(options.bufferBytesMax)
    this.awaitAdded()
  }

  async start(topics: readonly string[]): Promise<void> {
    this.topics = topics
    this.problem = 'Kafka has not answered yet'
    await this.untilDone(async () => this.positions.startAtEnd(await this.unlessStopped(this.connection.endsOf(topics))))
    this.finished = this.readUntilStopped()
  }

  async add(topics: readonly string[]): Promise<void> {
    const further = topics.filter((topic) => !this.topics.includes(topic))
    const ends = await this.endsWhenAnswered(further)
    if (ends === undefined) return
    this.positions.startAtEnd(ends)
    this.topics = [...this.topics, ...further]
    this.noteAdded()
    this.awaitAdded()
  }

  async stop(): Promise<void> {
    this.problem = 'the source is stopped'
    this.stopSignal.stop()
    await this.finished
    for (const buffer of this.buffers.values()) buffer.end()
    this.found.complete()
  }

  status(): SourceStatus {
    if (this.problem !== undefined) return { ready: false, reason: this.problem }
    return this.missing.length === 0 ? { ready: true } : { ready: true, reason: missingSentence(this.missing) }
  }

  private awaitAdded(): void {
    this.added = new Promise((resolve) => (this.noteAdded = resolve))
  }

  private async readUntilStopped(): Promise<void> {
    while (!this.stopSignal.hasStopped()) await this.untilDone(() => this.readUntilInterrupted())
  }

  private async untilDone(step: () => Promise<void>): Promise<void> {
    while (!this.stopSignal.hasStopped()) {
      try {
        await step()
        return
      } catch (error) {
        if (this.stopSignal.hasStopped()) return
        this.failed((error as Error).message)
        await this.stopSignal.pause(this.options.clock, this.retryMs)
        this.retryMs = Math.min(2 * this.retryMs, retryMsMax)
      }
    }
  }

  /** Undefined when the source is stopped. What is read already goes on meanwhile, and says whether Kafka is lost. */
  private async endsWhenAnswered(topics: readonly string[]): Promise<TopicEnds | undefined> {
    while (!this.stopSignal.hasStopped()) {
      const ends = await this.unlessStopped(this.connection.endsOf(topics)).catch(() => undefined)
      if (ends !== undefined) return ends
      await this.stopSignal.pause(this.options.clock, retryMsMax)
    }
    return undefined
  }

  /** Ends when a topic that was missing is there or one is added, as kafkajs cannot add it to what it reads. @throws Error when Kafka is lost. */
  private async readUntilInterrupted(): Promise<void> {
    const { added } = this
    const ends = await this.unlessStopped(this.connection.endsOf(this.topics))
    this.reconcile(ends)
    this.noteMissing(this.topics.filter((topic) => !ends.has(topic)))
    const reader = ends.size === 0 ? undefined : this.readerOf(ends)
    this.reader = reader
    try {
      if (reader) await this.unlessStopped(reader.run())
      this.succeeded()
      await this.unlessStopped(Promise.race([untilLost(reader), this.untilFound(reader), added]))
    } finally {
      this.reader = undefined
      await reader?.stop()
    }
  }

  private reconcile(ends: TopicEnds): void {
    const { log, meter } = this.options
    for (const { warning, dropped } of this.positions.reconcile(ends)) {
      log.warn({}, warning)
      Meter.count(meter.offsetsSkipped, 'retention', dropped)
    }
  }

  private readerOf(ends: TopicEnds): KafkaReader {
    this.noteEnds(ends)
    return this.connection.reader({
      groupId: `${this.options.groupPrefix}${this.options.nodeId}-${this.groups++}`,
      topics: [...ends.keys()],
      partitionBytesMax: Math.max(partitionFetchBytesMin, Math.min(partitionFetchBytesMax, Math.floor(this.shares.share / 2))),
      begin: (topic, partition) => this.begin(topic, partition),
      take: (batch) => this.take(batch),
    })
  }

  private begin(topic: string, partition: number): number | undefined {
    this.bufferOf(topic, partition)
    return this.positions.get(topic, partition)
  }

  private take(batch: FetchedBatch): boolean {
    const { topic, partition, endOffset } = batch
    if (Number(endOffset) < (this.positions.get(topic, partition) ?? 0)) throw new Error(`${topic}/${partition} was made anew`)
    const buffer = this.bufferOf(topic, partition)
    buffer.noteEnd(Number(endOffset))
    const { from, unread } = this.positions.advance(topic, partition, batch.batches)
    const unreadable = (which: KafkaRecordBatch, reason: string) => this.noteUnreadable(topic, partition, which, reason)
    for (const one of unread) buffer.add(new UnreadBatch(one, from, unreadable))
    return buffer.hasRoom
  }

  private noteUnreadable(topic: string, partition: number, { firstOffset, lastOffset }: KafkaRecordBatch, reason: string): void {
    const { log, meter } = this.options
    Meter.count(meter.offsetsSkipped, 'unreadable_batch', lastOffset - firstOffset + 1)
    log.error({ topic, partition, firstOffset, lastOffset, reason }, 'a batch cannot be read and is skipped')
  }

  private bufferOf(topic: string, partition: number): PartitionBuffer {
    const name = `${topic}/${partition}`
    const known = this.buffers.get(name)
    if (known) return known
    const { options, shares, turnShares } = this
    const position = this.positions.get(topic, partition)
    const hasRoomAgain = () => this.reader?.resume(topic, partition)
    const buffer = new PartitionBuffer({ topic, partition, clock: options.clock, position, shares, turnShares, hasRoomAgain })
    this.buffers.set(name, buffer)
    this.found.next(buffer.partition)
    return buffer
  }

  /** Waits no longer for what may hang, such as a connection to a host that is gone. @throws Error when the source is stopped. */
  private unlessStopped<T>(work: Promise<T>): Promise<T> {
    const stopped = this.stopSignal.whenStopped.then(() => Promise.reject(new Error('stopped')))
    return Promise.race([work, stopped])
  }

  /** Resolves when a topic that was missing exists. Until then it keeps the ends of the logs that are paused. */
  private async untilFound(reader: KafkaReader | undefined): Promise<void> {
    while (this.reader === reader && !this.stopSignal.hasStopped()) {
      await this.stopSignal.pause(this.options.clock, lookMs)
      if (this.missing.length === 0 && [...this.buffers.values()].every(({ hasRoom }) => hasRoom)) continue
      // Whether Kafka is lost is for the reader to say.
      const ends: TopicEnds = await this.connection.endsOf(this.topics).catch(() => new Map())
      this.noteEnds(ends)
      if (this.missing.some((topic) => ends.has(topic))) return
    }
  }

  private noteEnds(ends: TopicEnds): void {
    for (const [topic, logs] of ends) for (const { partition, high } of logs) this.bufferOf(topic, partition).noteEnd(high)
  }

  private noteMissing(topics: readonly string[]): void {
    if (topics.length > 0 && topics.join() !== this.missing.join()) this.options.log.warn({}, missingSentence(topics))
    this.missing = topics
  }

  private failed(message: string): void {
    const problem = `Kafka cannot be read: ${message}`
    if (problem !== this.problem) this.options.log.error({}, `${problem}; trying again until it can`)
    this.problem = problem
  }

  private succeeded(): void {
    this.options.log.info({ topics: this.topics.length, partitions: this.buffers.size }, 'reading from Kafka')
    this.problem = undefined
    this.retryMs = retryMsMin
  }
}

/** Never resolves. @throws Error with the reason when the reader is lost. */
async function untilLost(reader: KafkaReader | undefined): Promise<never> {
  if (reader === undefined) return await never
  throw new Error(await reader.lost)
}

function missingSentence(topics: readonly string[]): string {
  return `these topics do not exist yet: ${topics.join(', ')}`
}
