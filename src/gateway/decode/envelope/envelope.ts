import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { AvroNode, RecordNode, UnionNode } from '#avro/schema/avro-schema.js'
import { compileBareEnvelope } from './bare-envelope.js'
import { compileDebeziumEnvelope } from './debezium-envelope.js'
import { EntitySchemas, type SchemaTags } from './envelope-data.js'
import type { EnvelopeReader } from './envelope-reader.js'
import { compileEventEnvelope } from './event-envelope.js'
import type { LongsAs } from '#avro/read/scalar-json.js'

const compilers = { event: compileEventEnvelope, none: compileBareEnvelope, debezium: compileDebeziumEnvelope }

/** @throws BadRecordError `envelope_invalid` where the schema does not have the shape that is configured, and `schema_invalid` */
export function compileEnvelope(root: AvroNode, entity: EntityDefinition, longs: LongsAs, tags?: SchemaTags): EnvelopeReader {
  if (root.kind === 'union') throw new BadRecordError('envelope_invalid', `it is a union (${branchNames(root)}), no record`)
  if (root.kind !== 'record') throw new BadRecordError('envelope_invalid', 'it is no record')
  if (entity.envelope !== 'none') refuseTagsAround(root)
  return compilers[entity.envelope](root, entity, new EntitySchemas(root, entity, longs, tags))
}

/** How many branches a message names. */
const branchesMax = 5

function branchNames({ branches }: UnionNode): string {
  const names = branches.slice(0, branchesMax).map((branch) => (branch.kind === 'record' ? branch.name : branch.kind))
  return names.join(', ') + (branches.length > branchesMax ? ' and others' : '')
}

const dataFields = ['data', 'before', 'after']

/** Rules are judged by the tags within the entity's record, so a tag around it would guard nothing, although its author meant it to. */
function refuseTagsAround({ tags, fields }: RecordNode): void {
  const around = [tags, ...fields.filter(({ name }) => dataFields.includes(name)).map((field) => field.tags)]
  if (around.some(({ length }) => length > 0))
    throw new BadRecordError('envelope_invalid', 'confluent:tags stand around the entity; they belong on its fields and types')
}
