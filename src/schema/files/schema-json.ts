import { fullName, namespaceOf } from '#avro/schema/schema-name.js'

/** A type with a name, as JSON. */
export interface NamedSchema {
  readonly type: 'record' | 'enum' | 'fixed'
  readonly name: string
  readonly namespace?: string
  readonly [attribute: string]: unknown
}

export interface RecordSchema extends NamedSchema {
  readonly type: 'record'
}

export function isNamedSchema(json: unknown): json is NamedSchema {
  if (typeof json !== 'object' || json === null || !('type' in json) || !('name' in json)) return false
  return (json.type === 'record' || json.type === 'enum' || json.type === 'fixed') && typeof json.name === 'string'
}

export function isRecordSchema(json: unknown): json is RecordSchema {
  return isNamedSchema(json) && json.type === 'record'
}

/** With its namespace. */
export function fullNameOf({ name, namespace = '' }: { readonly name: string; readonly namespace?: string | undefined }): string {
  return fullName(name, namespace)
}

/**
 * The namespace of the names within a type. A namespace in the type's name counts before the attribute. @param around the namespace around
 * the type.
 */
export function namespaceIn(
  type: { readonly name?: unknown; readonly namespace?: unknown },
  around: string | undefined,
): string | undefined {
  const { name, namespace } = type
  if (typeof name === 'string' && name.includes('.')) return namespaceOf(name)
  return typeof namespace === 'string' ? namespace : around
}
