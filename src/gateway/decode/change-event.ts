import type { Operation } from '#entities.js'
import type { EntityVersion } from '#avro/entity-data.js'

/** What decoding hands on: a record whose framing and schema are known, and whose data is read only when it is needed. */
export interface ChangeEvent extends EntityVersion {
  readonly entityType: string
  readonly entityId: string
  readonly operation: Operation
  /** Milliseconds since the epoch: the event's own time, or Kafka's where it has none or one more than a minute ahead of Kafka's. */
  readonly timestampMs: number
  /** Kafka's time in milliseconds since the epoch; 0 where it has none. */
  readonly kafkaTimestampMs: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** A record without a value. Debezium writes one after each delete. */
  readonly tombstone: boolean
  /** The record's value, as Kafka has it; null in a tombstone. */
  readonly value: Buffer | null
  /** Nobody may be shown anything of it: its schema is not streamable, or its type is not streamed any more. */
  readonly hidden: boolean
}
