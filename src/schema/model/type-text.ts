import { simpleName } from '#avro/schema/schema-name.js'
import type { SchemaType } from './schema-model.js'

/** A type in words, for a sentence: `decimal(12, 2)`, `array of OrderItem`, `null or string`. */
export function typeText(type: SchemaType): string {
  switch (type.kind) {
    case 'array':
      return `array of ${typeText(type.items)}`
    case 'map':
      return `map of ${typeText(type.values)}`
    case 'union':
      return type.branches.map(typeText).join(' or ')
    case 'record':
    case 'enum':
      return simpleName(type.name)
    case 'fixed':
      return type.logicalText ?? `fixed(${type.size})`
    default:
      return type.logicalText ?? type.kind
  }
}
