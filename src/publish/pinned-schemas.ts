import { RegistryError, type SchemaIds } from '../decode/registry/schema-registry.js'
import { topicsOf } from '../entities.js'
import { ConfigurationError } from '../errors.js'
import { eventSchemaOf } from '../schema/event-schema.js'
import type { PublishedEntity } from './schema-folder.js'

/**
 * The id of the service's own schema for each topic: what it was built with decides, never what is the newest in the registry.
 * @throws ConfigurationError where it is not registered, RegistryError where the registry does not answer
 */
export async function pinSchemas(
  registry: SchemaIds,
  entities: readonly PublishedEntity[],
  register: boolean,
): Promise<Map<string, number>> {
  const wanted = entities.flatMap(({ definition, schema }) => {
    const text = JSON.stringify(definition.envelope === 'event' ? eventSchemaOf(schema) : schema)
    return topicsOf(definition).map(({ topic }) => ({ topic, name: definition.name, text }))
  })
  const ids = new Map<string, number>()
  // One after the other: a registry that is asked for many at once may refuse some.
  for (const { topic, name, text } of wanted) ids.set(topic, await idOf(registry, { subject: `${topic}-value`, name, text }, register))
  return ids
}

interface Wanted {
  readonly subject: string
  readonly name: string
  readonly text: string
}

async function idOf(registry: SchemaIds, { subject, name, text }: Wanted, register: boolean): Promise<number> {
  try {
    return await registry.idOf(subject, text)
  } catch (error) {
    if (!(error instanceof RegistryError) || error.kind !== 'not_found') throw error
    if (register) return await registry.register(subject, text)
    throw new ConfigurationError(
      `The registry does not have the schema of "${name}" under ${subject}. Register it, or start once with the option register: true.`,
    )
  }
}
