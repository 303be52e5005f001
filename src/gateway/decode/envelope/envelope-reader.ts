import type { Operation } from '#entities.js'
import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'

/** What a record states around its data. */
export interface EnvelopeHead {
  /** Empty where the id is in the record's key. */
  readonly entityId: string
  /** Undefined where the topic says it. */
  readonly operation: Operation | undefined
  /** Milliseconds since the epoch; undefined where Kafka's time counts. */
  readonly timestampMs: number | undefined
  readonly data: EntityData | null
}

/** Reads records of one schema, or of one branch of a union, and of one entity type. */
export interface EnvelopeReader {
  /** The schema of the data; undefined where the records can have none. */
  readonly schema: EntitySchema | undefined
  /** Reads the head of a value and leaves the data unread. @param start where the record begins in it. @throws BadRecordError */
  read(value: Buffer, start: number): EnvelopeHead
}
