import { randomBytes } from 'node:crypto'
import type { Clock } from '#clock.js'
import { keyPartition } from '#kafka/murmur2.js'
import { encodeHeaders, type Headers } from '#kafka/record-headers.js'
import type { RecordBatch } from '../partition-source.js'
import { MemoryLog } from './memory-log.js'

export interface MemoryTopicsOptions {
  readonly clock: Clock
  /** How much of its newest records each partition keeps at least, in bytes, and at most twice as much; 8 MiB by default. */
  readonly partitionBytesMax?: number
  /** Makes the id of a topic, 32 hexadecimal digits that no client guesses; by default at random. */
  readonly newId?: () => string
}

export interface MemoryRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Milliseconds since the epoch; by default now. */
  readonly timestampMs?: number
  readonly headers?: Headers
}

/** Who reads the topics: called after each change of them. */
export interface TopicReader {
  created(topic: string): void
  /** Other logs, empty still, stand in the place of the topic's. */
  madeAnew(topic: string): void
  /** Records were appended or dropped. */
  changed(topic: string, partition: number): void
}

/** Some eight thousand orders of a kilobyte: enough for a pipeline that is behind, harmless for a laptop. */
const partitionBytesMaxDefault = 8 * 1024 * 1024

interface MemoryTopic {
  readonly id: string
  readonly logs: readonly MemoryLog[]
  /** Chooses the partition of the next record without a key. */
  turn: number
}

/** Partitioned logs in memory, with partitions, offsets and keys as Kafka has them. Any number of sources read them, each for itself. */
export class MemoryTopics {
  private readonly topics = new Map<string, MemoryTopic>()
  private readonly readers = new Set<TopicReader>()

  constructor(private readonly options: MemoryTopicsOptions) {}

  /** Does nothing where the topic exists already. */
  create(topic: string, partitions: number): void {
    if (this.topics.has(topic)) return
    this.topics.set(topic, this.emptyTopic(partitions))
    for (const reader of this.readers) reader.created(topic)
  }

  /** Puts empty logs in the place of the topic's, which begin at offset 0 as those of a topic in Kafka that was deleted and made anew. */
  makeAnew(topic: string): void {
    this.topics.set(topic, this.emptyTopic(this.topicOf(topic).logs.length))
    for (const reader of this.readers) reader.madeAnew(topic)
  }

  /** Drops the records before the offset, as Kafka's retention does. */
  dropBefore(topic: string, partition: number, offset: number): void {
    this.topicOf(topic).logs[partition]!.dropBefore(offset)
    for (const reader of this.readers) reader.changed(topic, partition)
  }

  /** Records with the same key go to the same partition, chosen as Kafka's clients choose it. @throws Error for an unknown topic. */
  append(topic: string, record: MemoryRecord): { partition: number; offset: number } {
    const found = this.topicOf(topic)
    const { logs } = found
    const partition = record.key === null ? found.turn++ % logs.length : keyPartition(record.key, logs.length)
    const { key, value, timestampMs = this.options.clock.now(), headers = [] } = record
    const offset = logs[partition]!.append({ key, value, timestampMs, headers: encodeHeaders(headers) })
    for (const reader of this.readers) reader.changed(topic, partition)
    return { partition, offset }
  }

  /**
   * The records that a partition still has from an offset on, as many as fit into one batch.
   * @throws Error for an unknown topic or partition.
   */
  read(topic: string, partition: number, offset: number): Pick<RecordBatch, 'records' | 'bytes'> {
    const log = this.logsOf(topic)?.[partition]
    if (log === undefined) throw new Error(`there is no partition ${topic}/${partition}`)
    return log.read(offset)
  }

  /** Undefined for an unknown topic. */
  logsOf(topic: string): readonly MemoryLog[] | undefined {
    return this.topics.get(topic)?.logs
  }

  /** As Kafka's: another one for each topic, also where it is made anew. Undefined for an unknown topic. */
  idOf(topic: string): string | undefined {
    return this.topics.get(topic)?.id
  }

  /** Calls the reader from now on, until the function that is answered is called. */
  attach(reader: TopicReader): () => void {
    this.readers.add(reader)
    return () => this.readers.delete(reader)
  }

  private topicOf(topic: string): MemoryTopic {
    const found = this.topics.get(topic)
    if (found === undefined) throw new Error(`there is no topic ${topic}`)
    return found
  }

  private emptyTopic(partitions: number): MemoryTopic {
    const { partitionBytesMax = partitionBytesMaxDefault, newId = randomId } = this.options
    return {
      id: newId(),
      logs: Array.from({ length: partitions }, () => new MemoryLog(partitionBytesMax)),
      turn: 0,
    }
  }
}

function randomId(): string {
  return randomBytes(16).toString('hex')
}
