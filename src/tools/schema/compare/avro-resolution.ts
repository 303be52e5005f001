import avsc from 'avsc'
import { isJsonObject } from '#text/json-object.js'
import { ConfigurationError } from '#errors.js'
import type { WholeSchema } from '#schema/files/schema-folder.js'

/**
 * Why a reader with one schema cannot read what was written with another; undefined where it can. avsc's resolver decides, which knows
 * aliases, defaults and the defaults of enums. It compares names without their namespaces, as registries do.
 * https://avro.apache.org/docs/1.11.1/specification/#schema-resolution
 * @throws ConfigurationError where one of them is not a valid schema.
 */
export function resolutionFailure(reader: WholeSchema, writer: WholeSchema): string | undefined {
  const [readerType, writerType] = [resolvableType(reader), resolvableType(writer)]
  try {
    readerType.createResolver(writerType, { ignoreNamespaces: true })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function resolvableType({ file, text, references }: WholeSchema): avsc.Type {
  // Without a prototype: otherwise avsc takes a reference to `constructor` for a type that it knows.
  const registry = Object.create(null) as Record<string, avsc.Type>
  const options = { registry, wrapUnions: 'always', noAnonymousTypes: true } as const
  try {
    for (const reference of references) avsc.Type.forSchema(withSafeFields(reference.text), options)
    return avsc.Type.forSchema(withSafeFields(text), options)
  } catch (error) {
    throw new ConfigurationError(`${file} is no valid schema: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** Renames fields, as avsc looks them up in plain objects: it would find `constructor` in every record, and it would not be a field. */
function withSafeFields(text: string): avsc.Schema {
  return JSON.parse(text, (key, value: unknown) => {
    if (Array.isArray(value)) return key === 'fields' ? value.map(withSafeNames) : (value as unknown[])
    // The defaults of records have the names of their fields.
    return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([name, part]) => [safeName(name), part])) : value
  }) as avsc.Schema
}

function withSafeNames(field: unknown): unknown {
  if (!isJsonObject(field)) return field
  const { name, aliases } = field
  return { ...field, name: safeName(name), ...(Array.isArray(aliases) && { aliases: aliases.map(safeName) }) }
}

function safeName<T>(name: T): T | string {
  return typeof name === 'string' && name in Object.prototype ? `${name}__` : name
}
