import { type BackOff, backOffMs } from '#back-off.js'
import { pause } from '#clock.js'
import { KafkaConnection, type KafkaConnectionOptions } from '#kafka/kafka-connection.js'
import { KafkaPartitions, type KafkaPartitionsOptions } from './kafka-partitions.js'
import type { TopicEnds } from '#kafka/kafka-positions.js'
import type { KafkaReader } from '#kafka/kafka-reader.js'
import type { PartitionSource, SourceStatus } from '../partition-source.js'

// What enters: the topics' records, from the ends of their logs at the start. What leaves: the same records, in batches for each partition,
// none skipped and none twice. Dropped: aborted transactions, and batches that cannot be read or stay damaged, which are logged and
// counted. A failure of Kafka drops nothing: reading goes on where it stopped.

export interface KafkaSourceOptions extends KafkaConnectionOptions, KafkaPartitionsOptions {
  /** What the names of consumer groups begin with, for brokers with access lists. */
  readonly groupPrefix: string
  /** Random, so that no two nodes ever share a group. */
  readonly nodeId: string
}

/** The pauses between tries to reach Kafka: short at first, then so long that the tries burden no broker. */
const retries: BackOff = { firstMs: 250, maxMs: 5000 }
/** How often it looks for topics that do not exist yet, and at the ends of logs that are paused, in milliseconds. */
const lookMs = 2000

const never = new Promise<never>(() => undefined)

export class KafkaSource implements PartitionSource {
  private readonly partitions: KafkaPartitions
  private readonly connection: KafkaConnection
  private topics: readonly string[] = []
  private missing: readonly string[] = []
  private problem: string | undefined = 'the source is not started'
  private reader: KafkaReader | undefined
  /** The number of consumer groups so far: each try has its own group, as a broker waits long for a member that is gone. */
  private groups = 0
  /** Failures in a row. */
  private failures = 0
  private readonly stopping = new AbortController()
  private readonly whenStopped = new Promise<void>((resolve) => this.stopping.signal.addEventListener('abort', () => resolve()))
  /** Resolves when topics are added. It is replaced by a new promise then. */
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

  /**
   * Tries until Kafka answers; undefined when the source is stopped. It reports no failure, as the reader of the other topics does that.
   */
  private async endsWhenAnswered(topics: readonly string[]): Promise<TopicEnds | undefined> {
    while (!this.hasStopped()) {
      const ends = await this.unlessStopped(this.connection.endsOf(topics)).catch(() => undefined)
      if (ends !== undefined) return ends
      await this.pause(retries.maxMs)
    }
    return undefined
  }

  /**
   * Ends when a missing topic exists or a topic is added, as kafkajs needs a new reader for further topics.
   * @throws Error when Kafka is lost.
   */
  private async readUntilInterrupted(): Promise<void> {
    const { added } = this
    const ends = await this.unlessStopped(this.connection.endsOf(this.topics))
    this.partitions.reconcile(ends)
    this.noteMissing(this.topics.filter((topic) => !ends.has(topic)))
    const reader = ends.size === 0 ? undefined : this.newReader(ends)
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

  private newReader(ends: TopicEnds): KafkaReader {
    this.partitions.noteEnds(ends)
    return this.connection.reader({
      groupId: `${this.options.groupPrefix}${this.options.nodeId}-${this.groups++}`,
      topics: [...ends.keys()],
      partitionBytesMax: this.partitions.fetchBytesMax,
      begin: (topic, partition) => this.partitions.begin(topic, partition),
      receive: (batch) => this.partitions.receive(batch),
    })
  }

  /** Stops waiting for work that may hang, for example for a host that is gone. @throws Error when the source is stopped. */
  private unlessStopped<T>(work: Promise<T>): Promise<T> {
    const stopped = this.whenStopped.then(() => Promise.reject(new Error('stopped')))
    return Promise.race([work, stopped])
  }

  /** Resolves when a missing topic exists. Until then it keeps up with the ends of paused logs. */
  private async untilFound(reader: KafkaReader | undefined): Promise<void> {
    while (this.reader === reader && !this.hasStopped()) {
      await this.pause(lookMs)
      if (this.missing.length === 0 && this.partitions.haveRoom) continue
      // A failure is ignored here, as the reader itself finds out whether Kafka is lost.
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
