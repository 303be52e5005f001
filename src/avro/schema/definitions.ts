import { isJsonObject } from '#text/json-object.js'
import { fullName, namespaceOf } from './schema-name.js'

/** A place in a schema's JSON. */
export type SchemaWay = readonly (string | number)[]

/** A type with a name, where a schema defines it. */
export interface Definition {
  readonly schema: Readonly<Record<string, unknown>>
  /** The namespace around it. */
  readonly namespace: string
  readonly at: SchemaWay
}

export const namedKinds: ReadonlySet<unknown> = new Set(['record', 'error', 'enum', 'fixed'])

/**
 * What a schema defines at any depth, for names that stand before their definitions: the specification forbids that, and Java's library takes it
 * since 1.12. Of a name that is defined twice the first one counts.
 */
export class Definitions {
  private found: ReadonlyMap<string, Definition> | undefined

  constructor(private readonly schema: unknown) {}

  /** Undefined where nothing has the name within the namespace. Nearly no schema makes anybody ask. */
  find(name: string, namespace: string): Definition | undefined {
    this.found ??= definitionsIn(this.schema)
    return this.found.get(fullName(name, namespace))
  }
}

function definitionsIn(schema: unknown): Map<string, Definition> {
  const found = new Map<string, Definition>()
  collect({ schema, namespace: '', at: [] }, found)
  return found
}

function collect({ schema, namespace, at }: { schema: unknown; namespace: string; at: SchemaWay }, found: Map<string, Definition>): void {
  if (Array.isArray(schema)) return schema.forEach((branch, index) => collect({ schema: branch, namespace, at: [...at, index] }, found))
  if (!isJsonObject(schema)) return
  const { type, name, namespace: own, fields, items, values } = schema
  for (const [step, part] of Object.entries({ type, items, values })) collect({ schema: part, namespace, at: [...at, step] }, found)
  if (!namedKinds.has(type) || typeof name !== 'string') return
  const full = fullName(name, typeof own === 'string' ? own : namespace)
  if (!found.has(full)) found.set(full, { schema, namespace, at })
  if (!Array.isArray(fields)) return
  for (const [index, field] of (fields as readonly unknown[]).entries())
    if (isJsonObject(field)) collect({ schema: field['type'], namespace: namespaceOf(full), at: [...at, 'fields', index, 'type'] }, found)
}
