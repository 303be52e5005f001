import type { EntityDefinition } from '#entities.js'
import { AvroReader } from '#avro/read/avro-reader.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import type { EntitySchemas } from './envelope-data.js'
import { recordIdReaderOf } from '../id/avro-id.js'
import type { EnvelopeReader } from './envelope-reader.js'
import { wireHeaderLength } from '#registry/wire-format.js'

/** The bare entity record. The operation comes from its topic, the id from its fields or the key, and the time from Kafka. */
export function compileBareEnvelope(record: RecordNode, entity: EntityDefinition, schemas: EntitySchemas): EnvelopeReader {
  const schema = schemas.schemaOf(record)
  const readId = entity.idFields && recordIdReaderOf(record, entity.idFields)
  return {
    schema,
    read: (value) => ({
      entityId: readId?.(new AvroReader(value, wireHeaderLength)) ?? '',
      operation: undefined,
      timestampMs: undefined,
      data: { schema, bytes: value, start: wireHeaderLength },
    }),
  }
}
