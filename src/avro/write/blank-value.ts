import type { AvroNode, RecordNode } from '../schema/avro-schema.js'
import type { PathNode } from '../schema/leaf-tree.js'
import { longBytes } from './avro-sink.js'
import type { View } from './value-form.js'

/** The bytes for a missing value where clients see nothing of it; undefined where they would see some of it. */
export function blankOf(node: AvroNode, place: PathNode | undefined, view: View, outer: readonly RecordNode[] = []): Buffer | undefined {
  if (node.kind === 'union') return blankBranch(node.branches, place, view, outer)
  if (!view.hides(node, place)) return undefined
  if (node.kind === 'null') return Buffer.alloc(0)
  if (node.kind === 'array' || node.kind === 'map') return Buffer.alloc(1)
  // A record that must hold itself has no value.
  if (node.kind !== 'record' || outer.includes(node)) return undefined
  const fields = node.fields.map(({ name, type }) => blankOf(type, place?.children.get(name), view, [...outer, node]))
  return fields.every((bytes) => bytes !== undefined) ? Buffer.concat(fields) : undefined
}

function blankBranch(
  branches: readonly AvroNode[],
  place: PathNode | undefined,
  view: View,
  outer: readonly RecordNode[],
): Buffer | undefined {
  for (const [index, branch] of branches.entries()) {
    const bytes = blankOf(branch, place, view, outer)
    if (bytes !== undefined) return Buffer.concat([longBytes(index), bytes])
  }
  return undefined
}
