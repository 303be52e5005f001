import { type RegisteredSchema, RegistryError, type VersionedRegistry } from './schema-registry.js'

/** A registry in memory, for the embedded default and for tests. As in Confluent's, a schema has the same id under all its subjects. */
export class MemoryRegistry implements VersionedRegistry {
  private readonly byId: RegisteredSchema[] = []
  /** The versions of each subject, the first one first. */
  private readonly versions = new Map<string, RegisteredSchema[]>()

  /**
   * Returns the schema's id.
   * @param references the schemas that it needs, each one after those that it needs itself.
   * @param metadata stands beside the schema. The same schema with other metadata has another id.
   */
  register(subject: string, schema: string, references: readonly string[] = [], metadata?: unknown): number {
    const text = JSON.stringify([schema, references, metadata])
    let registered = this.byId.find((known) => JSON.stringify([known.schema, known.references, known.metadata]) === text)
    if (registered === undefined) {
      registered = { id: this.byId.length + 1, schema, references, ...(metadata !== undefined && { metadata }) }
      this.byId.push(registered)
    }
    const versions = this.versions.get(subject)
    if (versions === undefined) this.versions.set(subject, [registered])
    else if (versions.at(-1) !== registered) versions.push(registered)
    return registered.id
  }

  schemaById(id: number): Promise<RegisteredSchema> {
    return answer(this.byId[id - 1], `schema ${id}`)
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return answer(this.versions.get(subject)?.at(-1), `subject ${subject}`)
  }

  firstOf(subject: string): Promise<RegisteredSchema> {
    return this.versionOf(subject, 1)
  }

  async versionsOf(subject: string): Promise<readonly number[]> {
    await this.latestOf(subject)
    return this.versions
      .get(subject)!
      .map((_, index) => index + 1)
      .reverse()
  }

  versionOf(subject: string, version: number): Promise<RegisteredSchema> {
    return answer(this.versions.get(subject)?.[version - 1], `subject ${subject}, version ${version}`)
  }

  subjects(): Promise<readonly string[]> {
    return Promise.resolve([...this.versions.keys()])
  }
}

function answer(registered: RegisteredSchema | undefined, what: string): Promise<RegisteredSchema> {
  return registered ? Promise.resolve(registered) : Promise.reject(new RegistryError('not_found', `${what} is not registered`))
}
