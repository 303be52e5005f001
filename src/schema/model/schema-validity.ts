import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { otherReadersFault, parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { BadRecordError, ConfigurationError } from '#errors.js'
import { type EntityFile, isEntityFile, type SchemaFile, type WholeSchema } from '../files/schema-folder.js'
import { type NamedType, type RecordType, schemaModelOf } from './schema-model.js'

/** The entity as the gateway sees it, or the reason why the gateway refuses it. */
export function gatewayViewOf({ entityType, text, references, beside }: EntityFile): EntitySchema | Invalid {
  return unlessInvalid(() => parseEntitySchema(entityType, { schema: text, references: textsOf(references) }, beside && { beside }))
}

/** @throws ConfigurationError where the gateway refuses the schema. */
export function validModelOf(entity: EntityFile): RecordType
export function validModelOf(schema: WholeSchema): NamedType
export function validModelOf(schema: WholeSchema): NamedType {
  const invalid = invalidityOf(schema)
  if (invalid !== undefined) throw new ConfigurationError(`${schema.file} is no valid schema: ${invalid}.`)
  return schemaModelOf(schema)
}

/** The reason why the gateway refuses the schema, or records that hold it; undefined where it does not. */
export function invalidityOf(schema: WholeSchema): string | undefined {
  const { text, references } = schema
  const view = isEntityFile(schema) ? gatewayViewOf(schema) : unlessInvalid(() => parseAvroSchema(text, textsOf(references)))
  return 'invalid' in view ? view.invalid : undefined
}

/** The reason why other readers refuse a schema that the gateway does not refuse; undefined where they do not. */
export function refusedByOthers({ text, references }: WholeSchema): string | undefined {
  return otherReadersFault(text, textsOf(references))
}

interface Invalid {
  readonly invalid: string
}

function unlessInvalid<T>(parse: () => T): T | Invalid {
  try {
    return parse()
  } catch (error) {
    if (error instanceof BadRecordError) return { invalid: error.detail ?? error.message }
    throw error
  }
}

function textsOf(files: readonly SchemaFile[]): string[] {
  return files.map(({ text }) => text)
}
