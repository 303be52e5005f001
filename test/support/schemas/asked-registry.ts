import { type RegisteredSchema, RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'

/** A registry that passes questions on to another one, except where a test answers itself. */
export function askedRegistry(registry: VersionedRegistry, own: Partial<VersionedRegistry> = {}): VersionedRegistry {
  return {
    schemaById: (id) => registry.schemaById(id),
    latestOf: (subject) => registry.latestOf(subject),
    firstOf: (subject) => registry.firstOf(subject),
    versionsOf: (subject) => registry.versionsOf(subject),
    versionOf: (subject, version) => registry.versionOf(subject, version),
    subjects: () => registry.subjects(),
    ...own,
  }
}

const away = () => Promise.reject<RegisteredSchema>(new RegistryError('unavailable', 'away'))

/** What a registry answers while it is away. */
export const absentRegistry: VersionedRegistry = {
  schemaById: away,
  latestOf: away,
  firstOf: away,
  versionsOf: () => away().then(() => []),
  versionOf: away,
  subjects: () => Promise.resolve([]),
}
