import type { EntityDefinition } from '#entities.js'
import { AvroReader } from '#avro/read/avro-reader.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import type { EntitySchemas } from './envelope-data.js'
import { compileMarks } from './marks.js'
import { recordIdReaderOf } from '../id/avro-id.js'
import type { EnvelopeReader } from './envelope-reader.js'

/**
 * The bare entity record. The id comes from its fields or the key; the operation and the time from what is marked as such, or from its topic and
 * from Kafka. What its marks call deleted brings no data: it may be the old row, with made-up defaults.
 */
export function compileBareEnvelope(record: RecordNode, entity: EntityDefinition, schemas: EntitySchemas): EnvelopeReader {
  const schema = schemas.schemaOf(record)
  const readId = entity.idFields && recordIdReaderOf(record, entity.idFields)
  const readMarks = entity.marks && compileMarks(record, entity.marks)
  return {
    schema,
    read(value, start) {
      const entityId = readId?.(new AvroReader(value, start)) ?? ''
      const data = { schema, bytes: value, start }
      if (readMarks === undefined) return { entityId, operation: undefined, timestampMs: undefined, data }
      const marked = readMarks(new AvroReader(value, start))
      return { entityId, ...marked, data: marked.operation === 'delete' ? null : data }
    },
  }
}
