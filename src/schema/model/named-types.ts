import type { NamedType, RecordType, SchemaField, SchemaType } from './schema-model.js'

/** Each record, enum and fixed in a schema, once, in the order in which they occur. */
export function namedTypesOf(root: NamedType): NamedType[] {
  const found = new Set<NamedType>()
  const visit = (type: SchemaType): void => {
    if ('name' in type) {
      if (found.has(type)) return
      found.add(type)
    }
    for (const part of partsOf(type)) visit(part)
  }
  visit(root)
  return [...found]
}

/** The fields on the way to a leaf (`items.sku`), the outermost first, through arrays, maps and unions. */
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

/** The records in a type, through arrays, maps and unions. */
function recordsIn(type: SchemaType): RecordType[] {
  return type.kind === 'record' ? [type] : partsOf(type).flatMap(recordsIn)
}

function partsOf(type: SchemaType): readonly SchemaType[] {
  if (type.kind === 'array') return [type.items]
  if (type.kind === 'map') return [type.values]
  if (type.kind === 'union') return type.branches
  return type.kind === 'record' ? type.fields.map((field) => field.type) : []
}
