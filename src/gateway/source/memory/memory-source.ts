import { ReplaySubject } from 'rxjs'
import type { Clock } from '#clock.js'
import { keyPartition } from '#kafka/murmur2.js'
import { MemoryLog } from './memory-log.js'
import { encodeHeaders, type Headers } from '#kafka/record-headers.js'
import type { Partition, PartitionSource, RecordBatch, SourceStatus } from '../partition-source.js'
import { offsetAfter, PartitionTurns } from '../partition-turns.js'
import { TurnShares } from '../turn-shares.js'

// What enters: records that are appended. What leaves: the same records, in batches for each partition, from the ends of the logs at the
// start. Dropped: the oldest records of a partition that holds more than its limit.

export interface MemorySourceOptions {
  readonly clock: Clock
  /** How much of its newest records each partition keeps at least, in bytes, and at most twice as much; 8 MiB by default. */
  readonly partitionBytesMax?: number
}

export interface MemoryRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Milliseconds since the epoch; by default now. */
  readonly timestampMs?: number
  readonly headers?: Headers
}

/** Some eight thousand orders of a kilobyte: enough for a pipeline that is behind, harmless for a laptop. */
const partitionBytesMaxDefault = 8 * 1024 * 1024

interface MemoryTopic {
  readonly logs: readonly MemoryLog[]
  /** One for each log once the topic is read. */
  readers: readonly PartitionTurns[]
  /** Chooses the partition of the next record without a key. */
  turn: number
}

/** An in-memory partitioned log: partitions, offsets, keys and replay as Kafka has them, for the embedded default and for simulations. */
export class MemorySource implements PartitionSource {
  private readonly found = new ReplaySubject<Partition>()
  readonly partitions$ = this.found.asObservable()
  private readonly topics = new Map<string, MemoryTopic>()
  private wanted = new Set<string>()
  private readonly turnShares = new TurnShares()
  private state: 'new' | 'started' | 'stopped' = 'new'

  constructor(private readonly options: MemorySourceOptions) {}

  /** A topic that is made after the start is read from its beginning. Does nothing where the topic exists already. */
  createTopic(topic: string, partitions: number): void {
    if (this.topics.has(topic)) return
    const { partitionBytesMax = partitionBytesMaxDefault } = this.options
    const made = { logs: Array.from({ length: partitions }, () => new MemoryLog(partitionBytesMax)), readers: [], turn: 0 }
    this.topics.set(topic, made)
    if (this.state === 'started' && this.wanted.has(topic)) this.readFromEnd(topic, made)
  }

  /** Records with the same key go to the same partition, chosen as Kafka's clients choose it. @throws Error for an unknown topic. */
  append(topic: string, record: MemoryRecord): { partition: number; offset: number } {
    const { logs, readers, turn } = this.topicOf(topic)
    const partition = record.key === null ? turn % logs.length : keyPartition(record.key, logs.length)
    if (record.key === null) this.topicOf(topic).turn++
    const { key, value, timestampMs = this.options.clock.now(), headers = [] } = record
    const offset = logs[partition]!.append({ key, value, timestampMs, headers: encodeHeaders(headers) })
    readers[partition]?.wake()
    return { partition, offset }
  }

  /**
   * The records that a partition still has from an offset on, as many as fit into one batch, without changing what is streamed.
   * @throws Error for an unknown topic or partition.
   */
  read(topic: string, partition: number, offset: number): Pick<RecordBatch, 'records' | 'bytes'> {
    const log = this.topicOf(topic).logs[partition]
    if (log === undefined) throw new Error(`the topic ${topic} has no partition ${partition}`)
    return log.read(offset)
  }

  start(topics: readonly string[]): Promise<void> {
    this.state = 'started'
    this.wanted = new Set(topics)
    for (const topic of topics) {
      const existing = this.topics.get(topic)
      if (existing) this.readFromEnd(topic, existing)
    }
    return Promise.resolve()
  }

  add(topics: readonly string[]): Promise<void> {
    for (const topic of topics.filter((one) => !this.wanted.has(one))) {
      this.wanted.add(topic)
      const existing = this.topics.get(topic)
      if (existing && this.state === 'started') this.readFromEnd(topic, existing)
    }
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.state = 'stopped'
    for (const { readers } of this.topics.values()) for (const reader of readers) reader.end()
    this.found.complete()
    return Promise.resolve()
  }

  status(): SourceStatus {
    if (this.state !== 'started') return { ready: false, reason: 'the source is not started' }
    const missing = [...this.wanted].filter((topic) => !this.topics.has(topic))
    return missing.length === 0 ? { ready: true } : { ready: true, reason: `these topics do not exist yet: ${missing.join(', ')}` }
  }

  private topicOf(topic: string): MemoryTopic {
    const found = this.topics.get(topic)
    if (found === undefined) throw new Error(`there is no topic ${topic}`)
    return found
  }

  private readFromEnd(topic: string, { logs }: MemoryTopic): void {
    const readers = logs.map((log, partition) => this.reader(topic, partition, log))
    this.topicOf(topic).readers = readers
    for (const reader of readers) this.found.next(reader)
  }

  private reader(topic: string, partition: number, log: MemoryLog): PartitionTurns {
    let position = log.endOffset
    const next = (recordsMax: number) => {
      const batch = log.read(position, recordsMax)
      if (batch.records.length === 0) return undefined
      position = offsetAfter(batch.records)
      return batch
    }
    const { options, turnShares } = this
    return new PartitionTurns({ topic, partition, clock: options.clock, turnShares, position, endOffset: () => log.endOffset, next })
  }
}
