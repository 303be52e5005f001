import type { RegisteredSchema } from '../decode/registry/schema-registry.js'
import { fullNameOf, namespaceIn, type RecordSchema } from './event-schema.js'
import { entitiesOf, type EntityFile } from './schema-folder.js'
import type { PlannedSubject } from './subject-plan.js'

/**
 * The entity of a registered schema: of an event the record in its `data`, of all others the record itself. Undefined where it is none,
 * such as of an event that somebody has made in another shape. @throws ConfigurationError where a schema is no record.
 */
export function registeredEntityOf(name: string, kind: PlannedSubject['kind'], registered: RegisteredSchema): EntityFile | undefined {
  const shared = registered.references.map((text, index) => ({ file: `${name}, reference ${index + 1}`, text }))
  const [whole] = entitiesOf([{ file: name, text: registered.schema }], shared)
  if (kind !== 'event' || whole === undefined) return whole
  const data = dataOf(whole.schema)
  if (typeof data === 'object') return { ...whole, text: JSON.stringify(data), schema: data }
  const index = whole.references.findIndex(({ schema }) => fullNameOf(schema) === data)
  // What it needs stands before it.
  return index === -1 ? undefined : { ...whole, ...whole.references[index]!, references: whole.references.slice(0, index) }
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
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'record') return undefined
  return { ...(space !== undefined && { namespace: space }), ...(data as RecordSchema) }
}
