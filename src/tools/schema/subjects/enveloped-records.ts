import type { Envelope } from '#entities.js'
import { isRecordSchema, type RecordSchema } from '#schema/files/schema-json.js'
import { branchesOf, type NamedTypes } from './named-schemas.js'

/** The fields that hold the entity's record; undefined: the record is the root itself. Of two the first that is there counts. */
export const fieldsByEnvelope: Readonly<Record<Envelope, readonly string[] | undefined>> = {
  none: undefined,
  event: ['data'],
  debezium: ['after', 'before'],
}

/** The records that may be the entity in a schema, each with its namespace. */
export function envelopedRecords(root: unknown, envelope: Envelope, types: NamedTypes): RecordSchema[] {
  const names = fieldsByEnvelope[envelope]
  if (names === undefined)
    return branchesOf(root)
      .flatMap((branch) => types.find(branch, undefined) ?? [])
      .filter(isRecordSchema)
  if (!isRecordSchema(root) || !Array.isArray(root['fields'])) return []
  // A registered schema may be anything, so that fields may be no objects.
  const fields = root['fields'] as readonly ({ readonly name?: unknown; readonly type?: unknown } | null)[]
  const holding = names.flatMap((name) => fields.filter((field) => field?.name === name)).flatMap((field) => branchesOf(field?.type))
  return holding.flatMap((type) => types.find(type, types.spaceOf(root)) ?? []).filter(isRecordSchema)
}
