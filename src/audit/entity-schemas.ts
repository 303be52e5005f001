import { parseEntitySchema } from '../decode/avro/avro-entity-schema.js'
import type { EntitySchema } from '../decode/entity-schema.js'
import { BadRecordError, ConfigurationError } from '../errors.js'
import type { EntityFile } from '../schema/schema-folder.js'

/** The schemas of a folder as rights see them. @throws ConfigurationError where one of them is no schema of an entity. */
export function entitySchemasOf(files: readonly EntityFile[]): EntitySchema[] {
  return files.map(({ entityType, file, text, references }) => {
    try {
      return parseEntitySchema(entityType, { schema: text, references: references.map((reference) => reference.text) })
    } catch (error) {
      throw error instanceof BadRecordError ? new ConfigurationError(`${file}: ${error.message}.`) : error
    }
  })
}
