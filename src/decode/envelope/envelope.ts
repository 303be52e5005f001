import type { EntityDefinition } from '../../entities.js'
import { BadRecordError } from '../../errors.js'
import type { AvroNode } from '../avro/avro-schema.js'
import { compileBareEnvelope } from './bare-envelope.js'
import { compileDebeziumEnvelope } from './debezium-envelope.js'
import { EntitySchemas } from './envelope-data.js'
import type { EnvelopeReader } from './envelope-reader.js'
import { compileEventEnvelope } from './event-envelope.js'
import type { LongsAs } from '../avro/scalar-json.js'

const compilers = { event: compileEventEnvelope, none: compileBareEnvelope, debezium: compileDebeziumEnvelope }

/** @throws BadRecordError `envelope_invalid` where the schema is not of the shape that is configured, `schema_invalid` */
export function compileEnvelope(root: AvroNode, entity: EntityDefinition, longs: LongsAs): EnvelopeReader {
  if (root.kind !== 'record') throw new BadRecordError('envelope_invalid', 'it is no record')
  return compilers[entity.envelope](root, entity, new EntitySchemas(entity, longs))
}
