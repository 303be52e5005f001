/** A record as it stands on its topic. */
export interface OutgoingRecord {
  /** The entity id. */
  readonly key: string
  /** Null: a tombstone. */
  readonly value: Buffer | null
  /** By name; a text each. */
  readonly headers?: Readonly<Record<string, string>>
  /** Kafka's own time of the record, in milliseconds since the epoch; undefined for the time at which it is sent. */
  readonly timestampMs: number | undefined
}

/** Records of one partition, which are sent and acknowledged together. */
export interface PartitionRecords {
  readonly topic: string
  readonly partition: number
  readonly records: readonly OutgoingRecord[]
}

/**
 * How one attempt to send records ended:
 * - `refused`: Kafka has answered that it did not write them, and would answer the same again.
 * - `record_refused`: the same because of one record, or because of the size of all together. Kafka does not say which, and would write
 *   the others.
 * - `unsure`: they may be written or not. If the same producer sends the same records again, they are written once.
 * - `sequence_lost`: they were not written, and Kafka will write nothing more on this partition from this producer.
 * - `hung`: as `unsure`, but the attempt has not ended, so this producer may send nothing more.
 */
export type SendFailureKind = 'refused' | 'record_refused' | 'unsure' | 'sequence_lost' | 'hung'

export class SendFailure extends Error {
  override readonly name = 'SendFailure'
  constructor(
    readonly kind: SendFailureKind,
    message: string,
  ) {
    super(message)
  }
}

/**
 * One idempotent producer: Kafka knows it by its id, and writes records that it sends again only once. Only one `send` may be under way at
 * a time. After `unsure` the same records must be sent again before any others of their partition.
 */
export interface RecordProducer {
  /** How many partitions a topic had when it was last seen. */
  partitionsOf(topic: string): number | undefined
  /**
   * One attempt for one partition. Resolves the offset of the first record once all in-sync replicas have the records.
   * @throws SendFailure
   */
  send(records: PartitionRecords): Promise<bigint>
  /** Whether the producer has sent so much that another should follow it. */
  isWorn(): boolean
  /** Ends within a time limit. Never rejects. */
  close(): Promise<void>
}

/** Connects a new producer, with an id of its own. @throws Error where Kafka does not answer, or topics are missing. */
export type ConnectProducer = () => Promise<RecordProducer>
