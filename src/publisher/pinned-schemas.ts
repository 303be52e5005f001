import type { SubjectRegistry } from '#registry/schema-registry.js'
import { type EntityDefinition, topicsOf } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { type Registration, registerSubjects } from '#schema/subjects/registration.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { plannedSubjects } from '#schema/subjects/subject-plan.js'
import type { PublishedEntity } from './published-entity.js'

/**
 * The id of the service's own schema for each topic: what it was built with decides, never what is the newest in the registry. It is looked
 * for in both forms in which `sluice schema register` writes it, with references and with all within it.
 * @throws ConfigurationError where it is not registered, RegistryError where the registry does not answer
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
    // Where nothing is known, it may be the address that is wrong: whatever stands there, it answers 404 to everything.
    if (found.hasNothing) await registry.globalLevel()
    if (register) await found.look({ inline: false, dryRun: false })
    for (const { topic } of topicsOf(definition)) ids.set(topic, found.idOf(`${topic}-value`))
  }
  return ids
}

/** What the registry has of one entity. */
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

  /** In one form, unless all is found already; registers what is missing where it is no dry run. */
  async look({ inline, dryRun }: { readonly inline: boolean; readonly dryRun: boolean }): Promise<void> {
    if (topicsOf(this.definition).every(({ topic }) => this.ids.has(`${topic}-value`))) return
    const plans = plannedSubjects([this.file], { inline, definitionOf: () => this.definition })
    await registerSubjects(this.registry, plans, { dryRun, note: (registration) => this.note(registration) })
  }

  /** @throws ConfigurationError */
  idOf(subject: string): number {
    const id = this.ids.get(subject)
    if (id === undefined) throw notRegistered(this.definition.name, subject)
    return id
  }

  private note({ subject, id }: Registration): void {
    if (id !== undefined && !this.ids.has(subject)) this.ids.set(subject, id)
  }
}

function notRegistered(name: string, subject: string): ConfigurationError {
  return new ConfigurationError(
    `The registry does not have the schema of "${name}" under ${subject}. Register it (sluice schema register), or start once with the option register: true.`,
  )
}
