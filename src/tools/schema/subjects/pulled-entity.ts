// Enters: a schema that a registry has, whatever it is around the entity. Leaves: the entity's record by itself, as a folder has it.
import { AvroEntitySchema } from '#avro/avro-entity-schema.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { type TagsBeside, tagsBesideOf } from '#avro/schema/tags-beside.js'
import type { EntityDefinition } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'
import { fullNameOf, isRecordSchema, type RecordSchema } from '#schema/files/schema-json.js'
import { inlinedSchemaOf } from '#schema/subjects/inlined-schema.js'
import { streamedRecordOf } from '#schema/subjects/streamed-record.js'
import { envelopedRecords, fieldsByEnvelope } from './enveloped-records.js'
import { NamedTypes } from './named-schemas.js'
import { withTags } from './written-tags.js'

/**
 * The record with all that it refers to written into it, the tags beside it in `confluent:tags`, and without the fields that are marks.
 * Undefined where the schema holds no record of the entity. @throws ConfigurationError where the tags beside it cannot be understood, or where
 * it holds several records and the definition names none.
 */
export function pulledEntityOf(definition: EntityDefinition, registered: RegisteredSchema): RecordSchema | undefined {
  const [root, ...referred] = [registered.schema, ...registered.references].map((text) => JSON.parse(text) as unknown)
  const types = new NamedTypes([root, ...referred])
  const records = envelopedRecords(root, definition.envelope, types).filter((one) => definition.record?.includes(fullNameOf(one)) ?? true)
  const [record] = records
  if (record === undefined) return undefined
  refuseSeveral(definition, records)
  const references = types.except(record).map((schema) => ({ file: fullNameOf(schema), text: '', schema }))
  const streamed = streamedRecordOf(inlinedSchemaOf({ schema: record, references }), definition)
  const names = { root: recordNameOf(root), references: referred.map(recordNameOf) }
  return withTags(streamed, tagsOf(streamed, definition, tagsBesideOf(registered, names), names.root))
}

/** As the gateway does not stream such an entity either. @throws ConfigurationError where it may be several records and names none. */
export function refuseSeveral({ name, record }: EntityDefinition, found: readonly RecordSchema[]): void {
  const names = [...new Set(found.map(fullNameOf))]
  if (record !== undefined || names.length < 2) return
  throw new ConfigurationError(`${name} may be ${names.join(' or ')}: its entry must say which it is ("record").`)
}

/** The leaves under each tag that stands beside the schema or in it. */
function tagsOf(record: RecordSchema, definition: EntityDefinition, own: TagsBeside, rootName: string | undefined): Map<string, string[]> {
  const [doubt] = own.doubts
  if (doubt !== undefined || own.anywhere === 'every' || own.anywhere.size > 0)
    throw new ConfigurationError(
      `${definition.name}: its tags beside the schema cannot be understood, so that no file can say them (${doubt ?? 'all of them'}).`,
    )
  const fields = fieldsByEnvelope[definition.envelope] ?? [undefined]
  const beside = { own: [own], latest: [], way: { rootName: rootName ?? fullNameOf(record), fields } }
  const schema = new AvroEntitySchema(definition.name, parseAvroSchema(JSON.stringify(record)) as RecordNode, { beside })
  return new Map([...schema.tags].map(([tag, leaves]) => [tag, [...leaves].map((leaf) => schema.leaves[leaf]!)]))
}

function recordNameOf(schema: unknown): string | undefined {
  return isRecordSchema(schema) ? fullNameOf(schema) : undefined
}
