/** A record as it stands on its topic. */
export interface OutgoingRecord {
  /** The entity id. */
  readonly key: string
  /** Null: a tombstone. */
  readonly value: Buffer | null
  /** Kafka's own time of the record, in milliseconds since the epoch; undefined: when it is sent. */
  readonly timestampMs: number | undefined
}

/** Records of one partition, which are sent and acknowledged together. */
export interface PartitionRecords {
  readonly topic: string
  readonly partition: number
  readonly records: readonly OutgoingRecord[]
}

/**
 * Of one attempt:
 * - `refused`: Kafka has answered that it did not write it, and would answer the same again.
 * - `record_refused`: the same for one of its records, or for the size of all together; Kafka does not say which, others it would take.
 * - `unsure`: it may be written or not; the same records sent again by the same producer are written once.
 * - `sequence_lost`: this attempt was not written, and Kafka will not take anything more of this partition from this producer.
 * - `hung`: as `unsure`, but the attempt has not ended: nothing more may be sent by this producer.
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
 * One idempotent producer: Kafka knows it by its id, and writes what it sends again only once. Only one `send` may be under way at a
 * time, and what was `unsure` must be sent again, the same records, before anything else of its partition.
 */
export interface RecordProducer {
  /** How many partitions a topic had when it was last seen. */
  partitionsOf(topic: string): number | undefined
  /** One attempt, of one partition. Resolves the offset of the first record once all in-sync replicas have them. @throws SendFailure */
  send(records: PartitionRecords): Promise<bigint>
  /** Whether the producer has sent so much that another should follow it. */
  isWorn(): boolean
  /** Within a limit; never rejects. */
  close(): Promise<void>
}

/** Connects a new producer, with an id of its own. @throws Error where Kafka does not answer, or topics are missing. */
export type ConnectProducer = () => Promise<RecordProducer>
