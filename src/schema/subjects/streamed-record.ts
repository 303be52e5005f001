import type { EntityDefinition } from '#entities.js'
import type { EntityFile } from '../files/schema-folder.js'
import type { RecordSchema } from '../files/schema-json.js'

/** The record as its entity is streamed: marks are no data of it, and what its definition says of `streamable` counts. */
export function streamedRecordOf(record: RecordSchema, { marks = {}, streamable }: EntityDefinition): RecordSchema {
  const names: readonly unknown[] = Object.values(marks)
  const { fields } = record
  const data = Array.isArray(fields)
    ? (fields as readonly ({ name?: unknown } | null)[]).filter((one) => !names.includes(one?.name))
    : fields
  return { ...record, ...(names.length > 0 && { fields: data }), ...(streamable !== undefined && { streamable }) }
}

/** The same of a file. */
export function streamedFileOf(file: EntityFile, definition: EntityDefinition): EntityFile {
  if (definition.marks === undefined && definition.streamable === undefined) return file
  const schema = streamedRecordOf(file.schema, definition)
  return { ...file, schema, text: JSON.stringify(schema) }
}
