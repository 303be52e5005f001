import type { Observable } from 'rxjs'
import type { KafkaRecord } from '#kafka/kafka-record.js'

export interface RecordBatch {
  readonly topic: string
  readonly partition: number
  /** In the partition's order, none empty. */
  readonly records: readonly KafkaRecord[]
  /** What the batch counts for in the buffer, in bytes. */
  readonly bytes: number
  /**
   * Called once when the batch has been dealt with: only then does the partition hand on its next one, which is sized by how many
   * deliveries its last ones came to.
   */
  readonly release: (deliveries: number) => void
}

/** The partition's batches, one at a time: the next one comes after the last one's `release`, in a later tick. */
export interface Partition {
  readonly topic: string
  readonly partition: number
  readonly batches$: Observable<RecordBatch>
  /** Records between what has been released and the end of the log, which is known to a few seconds. */
  readonly lag: () => number
}

export interface SourceStatus {
  readonly ready: boolean
  /** Why it is not ready, or, where it is, what it still waits for (topics that do not exist yet): without secrets, for the log. */
  readonly reason?: string
}

/**
 * Where records come from. Starts at the end of the log; after any loss of the connection it goes on where it stood,
 * so that no record is skipped. A partition whose batches wait is paused, the others go on.
 */
export interface PartitionSource {
  /** Each partition once, when it is first read; those that are added later too. Late subscribers get them all. */
  readonly partitions$: Observable<Partition>
  /** Resolves when the positions at the end of the log are held; keeps trying until then. */
  start(topics: readonly string[]): Promise<void>
  /** Reads further topics, after the start. Resolves when the positions at the ends of their logs are held, or the source is stopped. */
  add(topics: readonly string[]): Promise<void>
  stop(): Promise<void>
  status(): SourceStatus
}
