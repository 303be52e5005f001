import { wireHeaderLength } from '#registry/wire-format.js'
import { plainDecoder } from '../contenders/plain-event.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { CompiledSchema } from '#gateway/decode/schemas/compiled-schema.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { EntityDefinition } from '#entities.js'
import { encodeEvent, eventSchema, firstSequence } from '../workload/order.js'

// The workload's events in the forms in which the stages get them. Each differs from the one before it, as on a topic.

/** Enough that no way can remember what it answered, few enough that all of them stay in the processor's cache as fresh records do. */
export const sampleCount = 256

const schemaId = 7
const timestampMs = 1_764_000_000_000
export const entity: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'event', topic: 'order' }
/** The schema of all of them. */
export const compiled = new CompiledSchema({ id: schemaId, schema: JSON.stringify(eventSchema), references: [] }, 'number', () => [])

/** Reads the head of a record's value. */
export const envelope = compiled.branches[0]!.envelope(entity)
export const orderSchema: EntitySchema = envelope.schema!

/** Values of records, in Confluent's wire format. */
export const values: readonly Buffer[] = Array.from({ length: sampleCount }, (_none, nth) =>
  encodeEvent(schemaId, nth, firstSequence + nth, timestampMs + nth),
)

/** Their heads read and their data unread, as route gets them. */
export const changeEvents: readonly ChangeEvent[] = values.map((value, nth) => {
  const { entityId, data } = envelope.read(value, wireHeaderLength)
  const times = { timestampMs: timestampMs + nth, kafkaTimestampMs: timestampMs + nth }
  const place = { topic: 'order', partition: 0, offset: nth }
  return { entityType: 'order', entityId, operation: 'update', ...times, ...place, data, tombstone: false, value, hidden: false }
})

/** All of an event, as one reads it with avsc. */
export const decodePlainly = plainDecoder()

/** The place of each leaf in the schema. */
export function leafNumbers(leaves: readonly string[]): ReadonlySet<number> {
  return new Set(leaves.map((leaf) => orderSchema.leaves.indexOf(leaf)))
}
