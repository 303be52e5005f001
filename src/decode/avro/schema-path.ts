import type { AvroNode, RecordNode } from './avro-schema.js'

/** Whether records of the schema may hold something at the path, be it no leaf: through arrays, maps and unions, however deep. */
export function leadsSomewhere(record: RecordNode, path: string): boolean {
  let reached: readonly AvroNode[] = [record]
  for (const name of path.split('.')) {
    const records = new Set(reached.flatMap(recordsIn))
    reached = [...records].flatMap(({ fields }) => fields.filter((field) => field.name === name).map(({ type }) => type))
  }
  return reached.length > 0
}

function recordsIn(node: AvroNode): RecordNode[] {
  switch (node.kind) {
    case 'record':
      return [node]
    case 'array':
      return recordsIn(node.items)
    case 'map':
      return recordsIn(node.values)
    case 'union':
      return node.branches.flatMap(recordsIn)
    default:
      return []
  }
}
