import type { Operation } from '#entities.js'
import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'

/** What a record says around its data. */
export interface EnvelopeHead {
  /** Empty where the record leaves it to its key. */
  readonly entityId: string
  /** Undefined where the record leaves it to its topic. */
  readonly operation: Operation | undefined
  /** Milliseconds since the epoch; undefined where the record leaves it to Kafka. */
  readonly timestampMs: number | undefined
  readonly data: EntityData | null
}

/** Compiled from one schema for the records of one entity type. */
export interface EnvelopeReader {
  /** Undefined where the records can bring no data. */
  readonly schema: EntitySchema | undefined
  /** Reads the head of a value in wire format and leaves the data unread. @throws BadRecordError */
  read(value: Buffer): EnvelopeHead
}
