import { isJsonObject } from '#text/json-object.js'
import type { SchemaField, SchemaType } from './schema-model.js'

/**
 * Whether all readers and registries take the default for a value of its type. By the specification the default of a union is of its first
 * branch, and bytes and fixed are a text with one character a byte. The publisher (`avro/write/default-form.ts`) takes any default that can
 * be written, such as one of a later branch.
 * https://avro.apache.org/docs/1.11.1/specification/#schema-record
 */
export function isDefaultOf(value: unknown, type: SchemaType): boolean {
  switch (type.kind) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
      return isDefaultInt(value)
    case 'long':
      return Number.isInteger(value)
    case 'float':
    case 'double':
      // JSON has no numbers for these; Java's library writes them as texts.
      return typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(value as string)
    case 'string':
      return typeof value === 'string'
    case 'bytes':
      return isByteText(value)
    case 'fixed':
      return isByteText(value) && (value as string).length === type.size
    case 'variable-decimal':
      return isJsonObject(value) && isDefaultInt(value['scale']) && isByteText(value['value'])
    case 'enum':
      return type.symbols.includes(value as string)
    default:
      return isContainerDefault(value, type)
  }
}

function isContainerDefault(value: unknown, type: Extract<SchemaType, { kind: 'union' | 'array' | 'map' | 'record' }>): boolean {
  if (type.kind === 'union') return type.branches[0] !== undefined && isDefaultOf(value, type.branches[0])
  if (type.kind === 'array') return Array.isArray(value) && value.every((item) => isDefaultOf(item, type.items))
  if (!isJsonObject(value)) return false
  if (type.kind === 'map') return Object.values(value).every((item) => isDefaultOf(item, type.values))
  return type.fields.every((field) => isFieldOf(value, field))
}

function isFieldOf(value: Readonly<Record<string, unknown>>, { name, type, default: ownDefault }: SchemaField): boolean {
  return Object.hasOwn(value, name) ? isDefaultOf(value[name], type) : ownDefault !== undefined
}

function isDefaultInt(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31
}

function isByteText(value: unknown): boolean {
  return typeof value === 'string' && Buffer.from(value, 'latin1').toString('latin1') === value
}
