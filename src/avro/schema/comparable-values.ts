import type { ComparableValues } from '../entity-schema.js'
import { Instant } from '../instant.js'
import type { RecordNode, ScalarNode } from './avro-schema.js'
import { scalarsAt } from './schema-path.js'

/** The values that the extraction of the path may hold (`extraction.ts`), without null and records. */
export function comparableValuesAt(record: RecordNode, path: string): ComparableValues {
  const scalars = scalarsAt(record, path)
  return { all: [...new Set(scalars.flatMap(allOf))], examples: scalars.flatMap(exampleOf) }
}

function allOf(node: ScalarNode): readonly (boolean | string)[] {
  if (node.kind === 'boolean') return [true, false]
  return node.kind === 'enum' ? node.symbols : []
}

/** As `scalar-comparison.ts` reads them. */
function exampleOf(node: ScalarNode): (string | number | Instant)[] {
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'enum':
      return []
    case 'float':
    case 'double':
      return [0]
    case 'int':
    case 'long':
      if (node.logical?.kind === 'date' || node.logical?.kind === 'timestamp') return [new Instant(0n)]
      return node.logical?.kind === 'time' ? ['00:00:00'] : [0]
    case 'variable-decimal':
      return [0]
    default:
      if (node.logical?.kind === 'instant') return [new Instant(0n)]
      return node.logical?.kind === 'decimal' ? [0] : ['']
  }
}
