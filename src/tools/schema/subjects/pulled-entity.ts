// Enters: a schema that a registry has, whatever it is around the entity. Leaves: the entity's record by itself, as a folder has it.
import { AvroEntitySchema } from '#avro/avro-entity-schema.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { tagsBesideOf } from '#avro/schema/tags-beside.js'
import type { EntityDefinition, Envelope } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'
import { fullNameOf, isRecordSchema, type RecordSchema } from '#schema/files/schema-json.js'
import { inlinedSchemaOf } from '#schema/subjects/inlined-schema.js'
import { streamedRecordOf } from '#schema/subjects/streamed-record.js'
import { branchesOf, NamedTypes } from './named-schemas.js'
import { withTags } from './written-tags.js'

/** The fields that hold the entity's record; undefined: the record is the root itself. Of two the first that is there counts. */
const fieldsByEnvelope: Readonly<Record<Envelope, readonly string[] | undefined>> = {
  none: undefined,
  event: ['data'],
  debezium: ['after', 'before'],
}

/**
 * The record with all that it refers to written into it, the tags beside it in `confluent:tags`, and without the fields that are marks.
 * Undefined where the schema holds no record of the entity. @throws ConfigurationError where the tags beside it cannot be understood.
 */
export function pulledEntityOf(definition: EntityDefinition, registered: RegisteredSchema): RecordSchema | undefined {
  const root = JSON.parse(registered.schema) as unknown
  const types = new NamedTypes([root, ...registered.references.map((text) => JSON.parse(text) as unknown)])
  const record = recordsIn(root, definition, types).find((one) => definition.record?.includes(fullNameOf(one)) ?? true)
  if (record === undefined) return undefined
  const references = types.except(record).map((schema) => ({ file: fullNameOf(schema), text: '', schema }))
  const streamed = streamedRecordOf(inlinedSchemaOf({ schema: record, references }), definition)
  return withTags(streamed, tagsOf(streamed, root, definition, registered))
}

/** The records that may be the entity, each with its namespace. */
function recordsIn(root: unknown, { envelope }: EntityDefinition, types: NamedTypes): RecordSchema[] {
  const names = fieldsByEnvelope[envelope]
  if (names === undefined)
    return branchesOf(root)
      .flatMap((branch) => types.find(branch, undefined) ?? [])
      .filter(isRecordSchema)
  if (!isRecordSchema(root) || !Array.isArray(root['fields'])) return []
  const fields = root['fields'] as readonly { readonly name?: unknown; readonly type?: unknown }[]
  const holding = names.flatMap((name) => fields.filter((field) => field.name === name)).flatMap(({ type }) => branchesOf(type))
  return holding.flatMap((type) => types.find(type, types.spaceOf(root)) ?? []).filter(isRecordSchema)
}

/** The leaves under each tag that stands beside the schema or in it. */
function tagsOf(record: RecordSchema, root: unknown, definition: EntityDefinition, registered: RegisteredSchema): Map<string, string[]> {
  const rootName = isRecordSchema(root) ? fullNameOf(root) : undefined
  const names = registered.references
    .map((text) => JSON.parse(text) as unknown)
    .map((one) => (isRecordSchema(one) ? fullNameOf(one) : undefined))
  const own = tagsBesideOf(registered, { root: rootName, references: names })
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
