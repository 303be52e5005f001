import type { Operation } from '#entities.js'
import type { EntityVersion } from '#avro/entity-data.js'

/** What stage 2 hands on: a record whose framing and schema are known and whose data is read late. */
export interface ChangeEvent extends EntityVersion {
  readonly entityType: string
  readonly entityId: string
  readonly operation: Operation
  /** Milliseconds since the epoch: the event's own, or Kafka's where it has none or is more than a minute ahead of that. */
  readonly timestampMs: number
  /** Milliseconds since the epoch: Kafka's; 0 where it says none. */
  readonly kafkaTimestampMs: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** A record without a value. Debezium writes one after each delete. */
  readonly tombstone: boolean
}
