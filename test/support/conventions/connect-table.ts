import type { LogicalType } from '#avro/schema/avro-schema.js'
import { connectDecimal, connectTypes, variableScaleDecimal } from '#avro/schema/connect-type.js'

const fractions = { 3: '.000', 6: '.000000', 9: '.000000000' }

/** What becomes of the types that are known by their names, and what of the others. */
export function connectTable(): [headings: readonly string[], rows: string[][]] {
  const known = Object.entries(connectTypes).map(([name, { base, type }]) => [`\`${name}\``, `\`${base}\``, ...meaningOf(type)])
  const decimals = [
    [`\`${connectDecimal}\``, '`bytes`, `fixed`', 'string with the digits of its scale: `"10.00"`', 'number'],
    [`\`${variableScaleDecimal}\``, 'record', 'string with the digits of its own scale; one value, no record', 'number'],
  ]
  return [
    ['`connect.name`', 'on', 'JSON', 'compared as'],
    [...known, ...decimals],
  ]
}

function meaningOf(type: LogicalType): string[] {
  switch (type.kind) {
    case 'date':
      return ['`"2026-01-31"`', 'instant']
    case 'time':
      return [`\`"12:00:00${fractions[type.digits]}"\``, 'text']
    case 'timestamp':
      return [`\`"2026-01-31T12:00:00${fractions[type.digits]}Z"\``, 'instant']
    case 'instant':
      return ['the text as it is', 'instant; undecided where it names none']
    default:
      throw new Error(`the table has no words for ${type.kind}`)
  }
}
