import type { EntityFile } from '#schema/files/schema-folder.js'
import type { RecordSchema } from '#schema/files/schema-json.js'

/** An entity as its file would have it, a field a line from line 2 on. `shared`: what stands in `types/`, in the order of need, records unless they say another type. */
export function entityFile(
  schema: Readonly<Record<string, unknown>>,
  shared: readonly Readonly<Record<string, unknown>>[] = [],
): EntityFile {
  const references = shared.map((one) => schemaFile(`schemas/types/${String(one['name']).toLowerCase()}.avsc`, one))
  return { ...schemaFile('schemas/order.avsc', schema), entityType: 'order', references }
}

function schemaFile(file: string, { fields = [], ...rest }: Readonly<Record<string, unknown>>) {
  const lines = (fields as unknown[]).map((field) => JSON.stringify(field)).join(',\n')
  const head = JSON.stringify({ type: 'record', ...rest })
  const text = 'type' in rest ? head : `${head.slice(0, -1)}, "fields": [\n${lines}]}`
  return { file, text, schema: JSON.parse(text) as RecordSchema }
}

/** A record of these fields, that the linter has nothing to say against. */
export function orderFile(fields: readonly object[], shared: readonly Readonly<Record<string, unknown>>[] = []): EntityFile {
  const id = { name: 'id', type: 'string', doc: 'Its id.' }
  return entityFile({ name: 'Order', namespace: 'shop', doc: 'An order.', streamable: true, fields: [id, ...fields] }, shared)
}
