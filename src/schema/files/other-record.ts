import type { EntityDefinition } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { EntityFile } from './schema-folder.js'
import { fullNameOf } from './schema-json.js'

/**
 * Refuses a record with another name than the gateway is told to read, as it would never be streamed. Debezium names its rows itself.
 * @throws ConfigurationError
 */
export function refuseOtherRecord({ file, schema }: EntityFile, { name, envelope, record }: EntityDefinition): void {
  const itself = fullNameOf(schema)
  if (envelope === 'debezium' || record === undefined || record.includes(itself)) return
  throw new ConfigurationError(`${file} is the record ${itself}, and the entity "${name}" is said to be ${record.join(' or ')}.`)
}
