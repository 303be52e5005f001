import type { Operation } from '../entities.js'
import type { EntitySchema } from './entity-schema.js'

/** The entity's record inside a Kafka record's value, not yet read. */
export interface EntityData {
  readonly schema: EntitySchema
  readonly bytes: Buffer
  /** Where the entity's record begins in `bytes`. */
  readonly start: number
}

/** What stage 2 hands on: a record whose framing and schema are known and whose data is read late. */
export interface ChangeEvent {
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
  /** Null where the record brings none: some deletes, every tombstone. */
  readonly data: EntityData | null
  /** A record without a value. Debezium writes one after each delete. */
  readonly tombstone: boolean
}
