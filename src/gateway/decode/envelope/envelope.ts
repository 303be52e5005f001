import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { AvroNode, RecordNode } from '#avro/schema/avro-schema.js'
import { compileBareEnvelope } from './bare-envelope.js'
import { compileDebeziumEnvelope } from './debezium-envelope.js'
import { EntitySchemas, type SchemaTags } from './envelope-data.js'
import type { EnvelopeHead, EnvelopeReader } from './envelope-reader.js'
import { compileEventEnvelope } from './event-envelope.js'
import type { LongsAs } from '#avro/read/scalar-json.js'

const compilers = { event: compileEventEnvelope, none: compileBareEnvelope, debezium: compileDebeziumEnvelope }

/** @throws BadRecordError `envelope_invalid` where the schema does not have the shape that is configured, and `schema_invalid` */
export function compileEnvelope(root: AvroNode, entity: EntityDefinition, longs: LongsAs, tags?: SchemaTags): EnvelopeReader {
  if (root.kind === 'null') return { schema: undefined, read: () => nothing }
  if (root.kind !== 'record') throw new BadRecordError('envelope_invalid', 'it is no record')
  if (entity.envelope !== 'none') refuseTagsAround(root)
  return compilers[entity.envelope](root, entity, new EntitySchemas(root, entity, longs, tags))
}

/** The null of a union is a record without data. */
const nothing: EnvelopeHead = { entityId: '', operation: undefined, timestampMs: undefined, data: null }

const dataFields = ['data', 'before', 'after']

/** Rules are judged by the tags within the entity's record, so a tag around it would guard nothing, although its author meant it to. */
function refuseTagsAround({ tags, fields }: RecordNode): void {
  const around = [tags, ...fields.filter(({ name }) => dataFields.includes(name)).map((field) => field.tags)]
  if (around.some(({ length }) => length > 0))
    throw new BadRecordError('envelope_invalid', 'confluent:tags stand around the entity; they belong on its fields and types')
}
