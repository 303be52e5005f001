import type { TagsOfEntity } from '#avro/avro-entity-schema.js'
import { tagsBesideOf } from '#avro/schema/tags-beside.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'
import { entitiesOf, type EntityFile, sharedTypeOf, type TextFile, type WholeSchema } from '#schema/files/schema-folder.js'
import { fullNameOf } from '#schema/files/schema-json.js'
import type { PlannedSubject } from '#schema/subjects/subject-plan.js'
import { envelopedRecords } from './enveloped-records.js'
import { NamedTypes } from './named-schemas.js'

/**
 * The entity of a registered schema: the record in an event's `data`, or the record itself. Undefined where there is none, for example in
 * an event of another shape. @throws ConfigurationError where a schema is not a record.
 */
export function registeredEntityOf(name: string, kind: PlannedSubject['kind'], registered: RegisteredSchema): EntityFile | undefined {
  const [whole] = entitiesOf([{ file: name, text: registered.schema }], referencesOf(name, registered))
  if (whole === undefined) return undefined
  const beside = besideOf(whole, registered, kind === 'event' ? 'data' : undefined)
  if (kind !== 'event') return { ...whole, beside }
  const [data] = envelopedRecords(whole.schema, 'event', new NamedTypes([whole, ...whole.references].map(({ schema }) => schema)))
  if (data === undefined) return undefined
  const index = whole.references.findIndex(({ schema }) => fullNameOf(schema) === fullNameOf(data))
  const found = whole.references[index]
  if (found === undefined) return { ...whole, text: JSON.stringify(data), schema: data, beside }
  // The references that a schema needs stand before it.
  return { ...whole, ...found, schema: data, references: whole.references.slice(0, index), beside }
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
