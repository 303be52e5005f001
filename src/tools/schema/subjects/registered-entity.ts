import type { TagsOfEntity } from '#avro/avro-entity-schema.js'
import { tagsBesideOf } from '#avro/schema/tags-beside.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'
import { entitiesOf, type EntityFile, sharedTypeOf, type TextFile, type WholeSchema } from '#schema/files/schema-folder.js'
import { fullNameOf, isRecordSchema, namespaceIn, type RecordSchema } from '#schema/files/schema-json.js'
import type { PlannedSubject } from '#schema/subjects/subject-plan.js'

/**
 * The entity of a registered schema: of an event the record in its `data`, of all others the record itself. Undefined where it is none,
 * such as of an event that somebody has made in another shape. @throws ConfigurationError where a schema is no record.
 */
export function registeredEntityOf(name: string, kind: PlannedSubject['kind'], registered: RegisteredSchema): EntityFile | undefined {
  const [whole] = entitiesOf([{ file: name, text: registered.schema }], referencesOf(name, registered))
  if (whole === undefined) return undefined
  const beside = besideOf(whole, registered, kind === 'event' ? 'data' : undefined)
  if (kind !== 'event') return { ...whole, beside }
  const data = dataOf(whole.schema)
  if (typeof data === 'object') return { ...whole, text: JSON.stringify(data), schema: data, beside }
  const index = whole.references.findIndex(({ schema }) => fullNameOf(schema) === data)
  const found = whole.references[index]
  // What it needs stands before it.
  if (found === undefined || !isRecordSchema(found.schema)) return undefined
  return { ...whole, ...found, schema: found.schema, references: whole.references.slice(0, index), beside }
}

/** Of an event the entity stands in a field, from whose root paths begin. */
function besideOf({ schema, references }: EntityFile, registered: RegisteredSchema, field: string | undefined): TagsOfEntity {
  const rootName = fullNameOf(schema)
  // Not all that it references is needed here, so that those are told apart by their texts.
  const names = registered.references.map((text) => references.find((one) => one.text === text)).map((one) => one && fullNameOf(one.schema))
  // Of what is not needed here the tags meet nothing.
  const referencesMetadata = (registered.referencesMetadata ?? []).filter((_one, index) => names[index] !== undefined)
  const tags = tagsBesideOf(
    { ...registered, referencesMetadata },
    { root: rootName, references: names.filter((name) => name !== undefined) },
  )
  return { own: [tags], latest: [], way: { rootName, fields: [field] } }
}

/** A registered type that entities share. @throws ConfigurationError where it has no name. */
export function registeredTypeOf(name: string, registered: RegisteredSchema): WholeSchema {
  return sharedTypeOf({ file: name, text: registered.schema }, referencesOf(name, registered))
}

function referencesOf(name: string, { references }: RegisteredSchema): TextFile[] {
  return references.map((text, index) => ({ file: `${name}, reference ${index + 1}`, text }))
}

/** The record, or its full name. */
function dataOf(event: RecordSchema): RecordSchema | string | undefined {
  const { fields } = event
  // What is registered there may be anything: its fields are not yet known to be a list of objects.
  const all = Array.isArray(fields) ? (fields as readonly ({ name?: unknown; type?: unknown } | null)[]) : []
  const field = all.find((one) => one?.name === 'data')
  const branches: unknown[] = Array.isArray(field?.type) ? field.type : [field?.type]
  const data = branches.find((branch) => branch !== 'null')
  const space = namespaceIn(event, undefined)
  if (typeof data === 'string') return fullNameOf({ name: data, namespace: space })
  if (!isRecordSchema(data)) return undefined
  return { ...(space !== undefined && { namespace: space }), ...data }
}
