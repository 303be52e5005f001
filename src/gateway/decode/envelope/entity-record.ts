import type { EntityDefinition } from '#entities.js'
import type { AvroNode } from '#avro/schema/avro-schema.js'

const images = ['before', 'after']

/**
 * The full names of the records that stand for the entity in a schema: the whole record, or the rows before and after a change. Undefined
 * where the envelope itself names its entity type.
 */
export function recordNamesIn(root: AvroNode, { envelope }: EntityDefinition): readonly string[] | undefined {
  if (envelope === 'event') return undefined
  if (envelope === 'none') return root.kind === 'record' ? [root.name] : []
  const fields = root.kind === 'record' ? root.fields.filter(({ name }) => images.includes(name)) : []
  return [...new Set(fields.flatMap(({ type }) => namesIn(type)))]
}

function namesIn(node: AvroNode): string[] {
  const branches = node.kind === 'union' ? node.branches : [node]
  return branches.flatMap((branch) => (branch.kind === 'record' ? [branch.name] : []))
}
