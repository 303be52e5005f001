import type { TagsOfEntity } from '#avro/avro-entity-schema.js'
import { tagsBesideOf } from '#avro/schema/tags-beside.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'
import { entitiesOf, type EntityFile, sharedTypeOf, type TextFile, type WholeSchema } from '#schema/files/schema-folder.js'
import { fullNameOf, isRecordSchema, namespaceIn, type RecordSchema } from '#schema/files/schema-json.js'
import type { PlannedSubject } from '#schema/subjects/subject-plan.js'

/**
 * The entity of a registered schema: the record in an event's `data`, or the record itself. Undefined where there is none, for example in
 * an event of another shape. @throws ConfigurationError where a schema is not a record.
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
  // The references that a schema needs stand before it.
  if (found === undefined || !isRecordSchema(found.schema)) return undefined
  return { ...whole, ...found, schema: found.schema, references: whole.references.slice(0, index), beside }
}

/** The tags beside a registered schema. In an event the entity stands in a field, and paths of tags begin at the event. */
function besideOf({ schema, references }: EntityFile, registered: RegisteredSchema, field: string | undefined): TagsOfEntity {
  const rootName = fullNameOf(schema)
  // The entity needs only some of the references, which are found by their texts.
  const names = registered.references.map((text) => references.find((one) => one.text === text)).map((one) => one && fullNameOf(one.schema))
  // Tags of the other references would meet no field.
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

/** The record in an event's `data`, or its full name. */
function dataOf(event: RecordSchema): RecordSchema | string | undefined {
  const { fields } = event
  // A registered schema may be anything, so its fields may not be a list of objects.
  const all = Array.isArray(fields) ? (fields as readonly ({ name?: unknown; type?: unknown } | null)[]) : []
  const field = all.find((one) => one?.name === 'data')
  const branches: unknown[] = Array.isArray(field?.type) ? field.type : [field?.type]
  const data = branches.find((branch) => branch !== 'null')
  const space = namespaceIn(event, undefined)
  if (typeof data === 'string') return fullNameOf({ name: data, namespace: space })
  if (!isRecordSchema(data)) return undefined
  return { ...(space !== undefined && { namespace: space }), ...data }
}
