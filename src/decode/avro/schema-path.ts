import type { AvroNode, RecordNode } from './avro-schema.js'

/** Whether records of the schema may hold something at the path, be it no leaf: through arrays, maps and unions, however deep. */
export function leadsSomewhere(record: RecordNode, path: string): boolean {
  return nodesAt(record, path).length > 0
}

/** The types of the fields at the end of a path, one for each way through unions of records. */
export function nodesAt(record: RecordNode, path: string): readonly AvroNode[] {
  let reached: readonly AvroNode[] = [record]
  for (const name of path.split('.')) {
    const records = new Set(reached.flatMap(recordsIn))
    reached = [...records].flatMap(({ fields }) => fields.filter((field) => field.name === name).map(({ type }) => type))
  }
  return reached
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
