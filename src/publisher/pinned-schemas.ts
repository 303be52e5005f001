import type { SubjectRegistry } from '#registry/schema-registry.js'
import { type EntityDefinition, topicsOf } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { type Registration, registerSubjects } from '#schema/subjects/registration.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { plannedSubjects, valueSubjectOf } from '#schema/subjects/subject-plan.js'
import type { PublishedEntity } from './published-entity.js'

/**
 * The ids of the service's own schemas by topic. The schema that a service was built with counts, never the newest in the registry. It may
 * be registered in either of the two forms that `sluice schema register` writes: with references, or with all types inlined.
 * @throws ConfigurationError where a schema is not registered, RegistryError where the registry does not answer
 */
export async function pinSchemas(
  registry: SubjectRegistry,
  entities: readonly PublishedEntity[],
  register: boolean,
): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for (const { definition, file } of entities) {
    const found = new FoundSubjects(registry, definition, file)
    await found.look({ inline: true, dryRun: true })
    await found.look({ inline: false, dryRun: true })
    // A wrong address may answer 404 to everything, which looks like an empty registry. Only a registry has a global level.
    if (found.hasNothing) await registry.globalLevel()
    if (register) await found.look({ inline: false, dryRun: false })
    for (const topic of topicsOf(definition)) ids.set(topic.topic, found.idOf(valueSubjectOf(topic, file)))
  }
  return ids
}

/** The subjects of one entity that the registry has with the service's own schema. */
class FoundSubjects {
  private readonly ids = new Map<string, number>()

  constructor(
    private readonly registry: SubjectRegistry,
    private readonly definition: EntityDefinition,
    private readonly file: EntityFile,
  ) {}

  get hasNothing(): boolean {
    return this.ids.size === 0
  }

  /** Looks for the schema in one form, unless all subjects are found already. Without `dryRun` it registers a missing schema. */
  async look({ inline, dryRun }: { readonly inline: boolean; readonly dryRun: boolean }): Promise<void> {
    if (topicsOf(this.definition).every((topic) => this.ids.has(valueSubjectOf(topic, this.file)))) return
    const plans = plannedSubjects([this.file], { inline, definitionOf: () => this.definition })
    await registerSubjects(this.registry, plans, { dryRun, note: (registration) => this.noteId(registration) })
  }

  /** @throws ConfigurationError */
  idOf(subject: string): number {
    const id = this.ids.get(subject)
    if (id === undefined) throw notRegistered(this.definition.name, subject)
    return id
  }

  private noteId({ subject, id }: Registration): void {
    if (id !== undefined && !this.ids.has(subject)) this.ids.set(subject, id)
  }
}

function notRegistered(name: string, subject: string): ConfigurationError {
  return new ConfigurationError(
    `The registry does not have the schema of "${name}" under ${subject}. Register it (sluice schema register), or start once with the option register: true.`,
  )
}
