import { parseEntitySchema } from '../decode/avro/avro-entity-schema.js'
import type { EntitySchema } from '../decode/entity-schema.js'
import { BadRecordError } from '../errors.js'
import type { EntityFile } from './schema-folder.js'

/** The entity as the gateway would see it, or why the gateway would refuse it. */
export function gatewayViewOf(entity: EntityFile): EntitySchema | { readonly invalid: string } {
  const { entityType, text, references } = entity
  try {
    return parseEntitySchema(entityType, { schema: text, references: references.map((reference) => reference.text) })
  } catch (error) {
    if (error instanceof BadRecordError) return { invalid: error.detail ?? error.message }
    throw error
  }
}
