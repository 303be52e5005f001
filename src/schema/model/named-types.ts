import type { NamedType, RecordType, SchemaField, SchemaType } from './schema-model.js'

/** Each record, enum and fixed that a schema is made of, once, in the order in which they are met. */
export function namedTypesOf(root: NamedType): NamedType[] {
  const found = new Set<NamedType>()
  const visit = (type: SchemaType): void => {
    if (type.kind === 'array') return visit(type.items)
    if (type.kind === 'map') return visit(type.values)
    if (type.kind === 'union') return type.branches.forEach(visit)
    if (!('name' in type) || found.has(type)) return
    found.add(type)
    if (type.kind === 'record') for (const field of type.fields) visit(field.type)
  }
  visit(root)
  return [...found]
}

/** The fields on the way to a leaf (`items.sku`), through arrays, maps and unions, the outermost first. */
export function fieldsOnPath(root: RecordType, path: string): SchemaField[] {
  const steps = path.split('.')
  let types: readonly SchemaType[] = [root]
  const fields: SchemaField[] = []
  for (const step of steps) {
    const field = types
      .flatMap(recordsIn)
      .flatMap((record) => record.fields)
      .find(({ name }) => name === step)
    if (field === undefined) break
    fields.push(field)
    types = [field.type]
  }
  return fields
}

/** What a container holds, without the containers. */
function recordsIn(type: SchemaType): RecordType[] {
  if (type.kind === 'array') return recordsIn(type.items)
  if (type.kind === 'map') return recordsIn(type.values)
  if (type.kind === 'union') return type.branches.flatMap(recordsIn)
  return type.kind === 'record' ? [type] : []
}
