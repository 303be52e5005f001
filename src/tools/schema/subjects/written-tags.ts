import { fullNameOf, isRecordSchema, namespaceIn, type RecordSchema } from '#schema/files/schema-json.js'
import { branchesOf, NamedTypes } from './named-schemas.js'

const attribute = 'confluent:tags'

interface Field {
  readonly name: string
  readonly type: unknown
  readonly [attribute]?: unknown
}

/** The record with the tags of its leaves at their fields. A field of a type that is used at several places has the tags of all of them. */
export function withTags(record: RecordSchema, tags: ReadonlyMap<string, readonly string[]>): RecordSchema {
  const types = new NamedTypes([record])
  /** By the record's full name and the field's. */
  const wanted = new Map<string, Set<string>>()
  for (const [tag, leaves] of tags) {
    for (const leaf of leaves) {
      const at = fieldAt(record, leaf.split('.'), types)
      if (at !== undefined) wanted.set(at, (wanted.get(at) ?? new Set()).add(tag))
    }
  }
  return wanted.size === 0 ? record : (tagged(record, undefined, wanted) as RecordSchema)
}

/** The field that holds a leaf: the last one on its path. Names of fields may have dots. */
function fieldAt(record: RecordSchema, steps: readonly string[], types: NamedTypes): string | undefined {
  for (let length = steps.length; length > 0; length--) {
    const field = fieldsOf(record).find(({ name }) => name === steps.slice(0, length).join('.'))
    if (field === undefined) continue
    const rest = steps.slice(length)
    if (rest.length === 0) return keyOf(record, field)
    for (const inner of recordsIn(field.type, types, types.spaceOf(record))) {
      const found = fieldAt(inner, rest, types)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function recordsIn(type: unknown, types: NamedTypes, space: string | undefined): RecordSchema[] {
  return branchesOf(type).flatMap((branch) => {
    const named = types.find(branch, space)
    if (named !== undefined) return isRecordSchema(named) ? [named] : []
    if (typeof branch !== 'object' || branch === null) return []
    const { items, values, type: inner } = branch as Readonly<Record<string, unknown>>
    return [items, values, inner].flatMap((part) =>
      typeof part === 'object' || types.find(part, space) ? recordsIn(part, types, space) : [],
    )
  })
}

function tagged(schema: unknown, namespace: string | undefined, wanted: ReadonlyMap<string, ReadonlySet<string>>): unknown {
  if (Array.isArray(schema)) return schema.map((branch) => tagged(branch, namespace, wanted))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = namespaceIn(schema, namespace)
  const parts = Object.entries(schema).map(([key, value]) => {
    if (key === 'items' || key === 'values' || (key === 'type' && typeof value === 'object')) return [key, tagged(value, inner, wanted)]
    if (key !== 'fields') return [key, value as unknown]
    const owner = { ...(schema as { name: string }), namespace: inner }
    return [key, (value as Field[]).map((field) => taggedField(field, owner, inner, wanted))]
  })
  return Object.fromEntries(parts) as unknown
}

function taggedField(field: Field, owner: Owner, inner: string | undefined, wanted: ReadonlyMap<string, ReadonlySet<string>>): Field {
  const type = tagged(field.type, inner, wanted)
  const tags = wanted.get(keyOf(owner, field))
  return tags === undefined ? { ...field, type } : { ...field, type, [attribute]: [...tags].sort() }
}

interface Owner {
  readonly name: string
  readonly namespace?: string | undefined
}

function keyOf(owner: Owner, { name }: Field): string {
  return `${fullNameOf(owner)} ${name}`
}

function fieldsOf(record: RecordSchema): readonly Field[] {
  return Array.isArray(record['fields']) ? (record['fields'] as readonly Field[]) : []
}
