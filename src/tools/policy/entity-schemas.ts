import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { gatewayViewOf } from '#schema/model/schema-validity.js'

/** The schemas of a folder as rights see them. @throws ConfigurationError where one of them is not the schema of an entity. */
export function entitySchemasOf(files: readonly EntityFile[]): EntitySchema[] {
  return files.map((file) => {
    const view = gatewayViewOf(file)
    if ('invalid' in view) throw new ConfigurationError(`${file.file} is no valid schema: ${view.invalid}.`)
    return view
  })
}
