import { type ComparableValues, Instant } from '../entity-schema.js'
import type { AvroNode, RecordNode, ScalarNode } from './avro-schema.js'
import { nodesAt } from './schema-path.js'

/** What the extraction of the path may hold (`extraction.ts`), without null, and without records. */
export function comparableValuesAt(record: RecordNode, path: string): ComparableValues {
  const scalars = nodesAt(record, path).flatMap(scalarsIn)
  return { all: [...new Set(scalars.flatMap(allOf))], examples: scalars.flatMap(exampleOf) }
}

function scalarsIn(node: AvroNode): ScalarNode[] {
  switch (node.kind) {
    case 'record':
      return []
    case 'array':
      return scalarsIn(node.items)
    case 'map':
      return scalarsIn(node.values)
    case 'union':
      return node.branches.flatMap(scalarsIn)
    default:
      return [node]
  }
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
    default:
      return node.logical?.kind === 'decimal' ? [0] : ['']
  }
}
