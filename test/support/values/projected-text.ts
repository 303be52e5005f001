import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import { jsonTextOf } from '#text/json-output.js'

/** The JSON text of some leaves of a record that stands in these bytes. */
export function projectedText(schema: Pick<EntitySchema, 'projectionOf'>, leaves: LeafSet, bytes: Buffer, start = 0): string {
  return jsonTextOf((output) => schema.projectionOf(leaves)(bytes, start, output))
}
