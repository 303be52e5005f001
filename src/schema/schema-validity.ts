import { parseEntitySchema } from '../decode/avro/avro-entity-schema.js'
import type { EntitySchema } from '../decode/entity-schema.js'
import { BadRecordError, ConfigurationError } from '../errors.js'
import type { EntityFile } from './schema-folder.js'
import { type RecordType, schemaModelOf } from './schema-model.js'

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

/** @throws ConfigurationError where the gateway would refuse it. */
export function validModelOf(entity: EntityFile): RecordType {
  const view = gatewayViewOf(entity)
  if ('invalid' in view) throw new ConfigurationError(`${entity.file} is no valid schema: ${view.invalid}.`)
  return schemaModelOf(entity)
}
