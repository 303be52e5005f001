import { isJsonObject } from '#text/json-object.js'
import { isPrimitive } from './avro-schema.js'
import { fullName, namespaceOf } from './schema-name.js'

type SchemaObject = Readonly<Record<string, unknown>>

/** What a type says beside its shape about values and who may see them. All else, as `doc`, is for people and for writers. */
const meanings = ['logicalType', 'precision', 'scale', 'connect.name', 'connect.parameters', 'confluent:tags', 'streamable']

/**
 * The same text for definitions of a named type that are the same type: what it holds, and what that means. Types with a name that it holds count by
 * their names, as each is compared itself. @param name its full name
 */
export function definitionText(schema: SchemaObject, name: string): string {
  return JSON.stringify([shapeOf(schema, namespaceOf(name)), meaningsIn(schema)])
}

function shapeOf({ type, fields, symbols, size }: SchemaObject, namespace: string): unknown {
  if (!Array.isArray(fields)) return [type, symbols, size]
  return (fields as readonly SchemaObject[]).map((field) => [field['name'], typeOf(field['type'], namespace), meaningsIn(field)])
}

function typeOf(type: unknown, namespace: string): unknown {
  if (typeof type === 'string') return isPrimitive(type) ? type : fullName(type, namespace)
  if (Array.isArray(type)) return type.map((branch) => typeOf(branch, namespace))
  if (!isJsonObject(type)) return null
  const { name, namespace: own, items, values } = type
  if (typeof name === 'string') return fullName(name, typeof own === 'string' ? own : namespace)
  const inner = [type['type'], items, values].map((part) => (part === undefined ? null : typeOf(part, namespace)))
  const meaning = meaningsIn(type)
  return meaning.length === 0 && items === undefined && values === undefined ? inner[0] : [inner, meaning]
}

function meaningsIn(declared: SchemaObject): unknown[] {
  return meanings.flatMap((name) => (declared[name] === undefined ? [] : [[name, declared[name]]]))
}
