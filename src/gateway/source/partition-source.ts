// Source. Enters: what a log holds, as its bytes came. Leaves: batches of records, one at a time for each partition. Dropped: nothing that
// can be read. Fails: what cannot be read, or stays damaged, is skipped, counted and said.
//
// Three objects say which records come next: `PartitionTurns` when a batch may go, `PartitionBuffer` what goes into it, and `OpenBatch` which
// record is the next. What partitions share is the room of their buffers (`BufferRoom`) and the deliveries of a turn (`TurnShares`).
import type { Observable } from 'rxjs'
import type { KafkaRecord } from '#kafka/kafka-record.js'

export interface RecordBatch {
  readonly topic: string
  readonly partition: number
  /** In the partition's order; at least one. */
  readonly records: readonly KafkaRecord[]
  /** What the batch counts in the buffer, in bytes. */
  readonly bytes: number
  /**
   * Called once when the batch has been dealt with. Only then does the partition hand on its next batch, whose size follows from the number
   * of deliveries that the last ones came to.
   */
  readonly release: (deliveries: number) => void
}

/** The partition's batches, one at a time: the next one comes after the last one's `release`, in a later tick. */
export interface Partition {
  readonly topic: string
  readonly partition: number
  readonly batches$: Observable<RecordBatch>
  /** How many records lie behind the last released one in the log, whose end is known as of some seconds ago. */
  readonly lag: () => number
  /** Resolves when all records were released that the log held when its position was set; where it breaks meanwhile, those it held then. */
  readonly caughtUp: Promise<void>
  /** In order with the batches: after the release of the last one before the break, and before the first one after it. */
  readonly breaks$: Observable<LogBreak>
}

/**
 * The log does not go on from what was read of it: its topic was made anew, retention dropped records unread, or an election cut it. Where a
 * topic is read from its beginning, all that the log holds now is read after the break.
 */
export interface LogBreak {
  /** Resolves when all records were released that the log held when its position was set anew. */
  readonly caughtUp: Promise<void>
}

/** Where the partitions of a topic are read from that exist when it is first read; those that come later, from their beginning. */
export type ReadFrom = 'beginning' | 'end'

export interface SourceStatus {
  readonly ready: boolean
  /** Why it is not ready, or for which topics it still waits. Holds no secrets, as it is logged. */
  readonly reason?: string
}

/**
 * Where records come from. After a loss of the connection it goes on where it stopped, so that no record
 * is skipped. A partition whose batches wait is paused, and the others go on.
 */
export interface PartitionSource {
  /** Each partition once, when it is first read, even if it was added after the start. Late subscribers get them all. */
  readonly partitions$: Observable<Partition>
  /** Resolves when the positions of all partitions are held; keeps trying until then. @param from the end by default. */
  start(topics: readonly string[], from?: ReadFrom): Promise<void>
  /** Reads further topics, after the start. Resolves when the positions of their partitions are held, or the source is stopped. */
  add(topics: readonly string[], from?: ReadFrom): Promise<void>
  /**
   * Reads these topics from the ends of their logs as of now, and lets go of what it holds of them. Resolves when the positions are set, or
   * the source is stopped. A batch that was handed on may still be released.
   */
  skipToEnd(topics: readonly string[]): Promise<void>
  /** Reads these topics from the beginnings of their logs again, each behind a break. Resolves as `skipToEnd` does. */
  readAgain(topics: readonly string[]): Promise<void>
  /** Those of these topics that this process may not read. It may be that they do not exist. */
  forbidden(topics: readonly string[]): readonly string[]
  /**
   * The topic's id, 32 hexadecimal digits, which changes where it is made anew: all nodes know it, and no client. Undefined where nobody tells
   * it.
   */
  topicId(topic: string): string | undefined
  /** How many partitions the topic has as far as it is known, also those that are not read yet; 0 where none is known. */
  partitionCount(topic: string): number
  stop(): Promise<void>
  status(): SourceStatus
}
