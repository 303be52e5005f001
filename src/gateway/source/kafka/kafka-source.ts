import { type BackOff, backOffMs } from '#back-off.js'
import { pause } from '#clock.js'
import { KafkaConnection, type KafkaConnectionOptions } from '#kafka/kafka-connection.js'
import { KafkaPartitions, type KafkaPartitionsOptions } from './kafka-partitions.js'
import type { TopicEnds } from '#kafka/kafka-positions.js'
import type { KafkaReader } from '#kafka/kafka-reader.js'
import type { PartitionSource, SourceStatus } from '../partition-source.js'

// What enters: the topics' records from the end of their logs on, as of the start. What leaves: the same, in batches for
// each partition, none skipped and none twice. Dropped: what was aborted, and batches that cannot be read or stay damaged (logged, counted).
// A failure of Kafka drops nothing: reading goes on where it stood.

export interface KafkaSourceOptions extends KafkaConnectionOptions, KafkaPartitionsOptions {
  /** What the names of consumer groups begin with, for brokers with access lists. */
  readonly groupPrefix: string
  /** Random, so that no two nodes ever share a group. */
  readonly nodeId: string
}

/** Between two tries to reach Kafka, in milliseconds: soon at first, then at a pace that no broker minds. */
const retries: BackOff = { firstMs: 250, maxMs: 5000 }
/** Between two looks for topics that do not exist yet, and at the ends of logs that are not fetched now, in milliseconds. */
const lookMs = 2000

const never = new Promise<never>(() => undefined)

export class KafkaSource implements PartitionSource {
  private readonly partitions: KafkaPartitions
  private readonly connection: KafkaConnection
  private topics: readonly string[] = []
  private missing: readonly string[] = []
  private problem: string | undefined = 'the source is not started'
  private reader: KafkaReader | undefined
  /** Counts the consumer groups of this node: each try has its own, as a broker waits long for a member that is gone. */
  private groups = 0
  /** In a row. */
  private failures = 0
  private readonly stopping = new AbortController()
  private readonly whenStopped = new Promise<void>((resolve) => this.stopping.signal.addEventListener('abort', () => resolve()))
  /** Resolves when topics are added; another one stands here then. */
  private added!: Promise<void>
  private noteAdded!: () => void
  private finished: Promise<void> = Promise.resolve()

  constructor(private readonly options: KafkaSourceOptions) {
    this.connection = new KafkaConnection(options)
    options.meter.dependencies.set('kafka', this.connection.pulse)
    this.partitions = new KafkaPartitions(options, (topic, partition) => this.reader?.resume(topic, partition))
    this.awaitAdded()
  }

  get partitions$() {
    return this.partitions.partitions$
  }

  async start(topics: readonly string[]): Promise<void> {
    this.topics = topics
    this.problem = 'Kafka has not answered yet'
    await this.untilDone(async () => this.partitions.positions.startAtEnd(await this.unlessStopped(this.connection.endsOf(topics))))
    this.finished = this.readUntilStopped()
  }

  async add(topics: readonly string[]): Promise<void> {
    const further = topics.filter((topic) => !this.topics.includes(topic))
    const ends = await this.endsWhenAnswered(further)
    if (ends === undefined) return
    this.partitions.positions.startAtEnd(ends)
    this.topics = [...this.topics, ...further]
    this.noteAdded()
    this.awaitAdded()
  }

  async stop(): Promise<void> {
    this.problem = 'the source is stopped'
    this.stopping.abort()
    await this.finished
    this.partitions.end()
  }

  status(): SourceStatus {
    if (this.problem !== undefined) return { ready: false, reason: this.problem }
    return this.missing.length === 0 ? { ready: true } : { ready: true, reason: missingSentence(this.missing) }
  }

  private hasStopped(): boolean {
    return this.stopping.signal.aborted
  }

  private pause(ms: number): Promise<unknown> {
    return pause(this.options.clock, ms, this.stopping.signal)
  }

  private awaitAdded(): void {
    this.added = new Promise((resolve) => (this.noteAdded = resolve))
  }

  private async readUntilStopped(): Promise<void> {
    while (!this.hasStopped()) await this.untilDone(() => this.readUntilInterrupted())
  }

  private async untilDone(step: () => Promise<void>): Promise<void> {
    while (!this.hasStopped()) {
      try {
        await step()
        return
      } catch (error) {
        if (this.hasStopped()) return
        this.failed((error as Error).message)
        await this.pause(backOffMs(retries, this.failures++))
      }
    }
  }

  /** Undefined when the source is stopped. What is read already goes on meanwhile, and says whether Kafka is lost. */
  private async endsWhenAnswered(topics: readonly string[]): Promise<TopicEnds | undefined> {
    while (!this.hasStopped()) {
      const ends = await this.unlessStopped(this.connection.endsOf(topics)).catch(() => undefined)
      if (ends !== undefined) return ends
      await this.pause(retries.maxMs)
    }
    return undefined
  }

  /** Ends when a topic that was missing is there or one is added, as kafkajs cannot add it to what it reads. @throws Error when Kafka is lost. */
  private async readUntilInterrupted(): Promise<void> {
    const { added } = this
    const ends = await this.unlessStopped(this.connection.endsOf(this.topics))
    this.partitions.reconcile(ends)
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

  private readerOf(ends: TopicEnds): KafkaReader {
    this.partitions.noteEnds(ends)
    return this.connection.reader({
      groupId: `${this.options.groupPrefix}${this.options.nodeId}-${this.groups++}`,
      topics: [...ends.keys()],
      partitionBytesMax: this.partitions.fetchBytesMax,
      begin: (topic, partition) => this.partitions.begin(topic, partition),
      take: (batch) => this.partitions.take(batch),
    })
  }

  /** Waits no longer for what may hang, such as a connection to a host that is gone. @throws Error when the source is stopped. */
  private unlessStopped<T>(work: Promise<T>): Promise<T> {
    const stopped = this.whenStopped.then(() => Promise.reject(new Error('stopped')))
    return Promise.race([work, stopped])
  }

  /** Resolves when a topic that was missing exists. Until then it keeps the ends of the logs that are paused. */
  private async untilFound(reader: KafkaReader | undefined): Promise<void> {
    while (this.reader === reader && !this.hasStopped()) {
      await this.pause(lookMs)
      if (this.missing.length === 0 && this.partitions.haveRoom) continue
      // Whether Kafka is lost is for the reader to say.
      const ends: TopicEnds = await this.connection.endsOf(this.topics).catch(() => new Map())
      this.partitions.noteEnds(ends)
      if (this.missing.some((topic) => ends.has(topic))) return
    }
  }

  private noteMissing(topics: readonly string[]): void {
    if (topics.length > 0 && topics.join() !== this.missing.join()) this.options.log.warn({}, missingSentence(topics))
    this.missing = topics
  }

  private failed(message: string): void {
    this.connection.pulse.failed()
    const problem = `Kafka cannot be read: ${message}`
    if (problem !== this.problem) this.options.log.error({}, `${problem}; trying again until it can`)
    this.problem = problem
  }

  private succeeded(): void {
    this.options.log.info({ topics: this.topics.length, partitions: this.partitions.count }, 'reading from Kafka')
    this.problem = undefined
    this.failures = 0
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
