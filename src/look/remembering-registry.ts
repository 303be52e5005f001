import { type RegisteredSchema, RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'

/** Asks a registry each question once, as each guess about a topic asks the same ones. */
export class RememberingRegistry implements VersionedRegistry {
  private readonly answers = new Map<string, Promise<unknown>>()
  private lose!: (error: RegistryError) => void
  /** Rejects where the registry does not answer: whoever reads by it waits, which nobody here has the patience for. */
  readonly lost = new Promise<never>((_resolve, reject) => (this.lose = reject))

  constructor(private readonly registry: VersionedRegistry) {
    this.lost.catch(() => undefined)
  }

  schemaById(id: number): Promise<RegisteredSchema> {
    return this.once(`id ${id}`, () => this.registry.schemaById(id))
  }

  schemaByGuid(guid: string): Promise<RegisteredSchema> {
    const unknown = () => Promise.reject(new RegistryError('not_found', `schema ${guid}: the registry knows no GUIDs`))
    return this.once(`guid ${guid}`, () => this.registry.schemaByGuid?.(guid) ?? unknown())
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return this.once(`latest ${subject}`, () => this.registry.latestOf(subject))
  }

  firstOf(subject: string): Promise<RegisteredSchema> {
    return this.once(`first ${subject}`, () => this.registry.firstOf(subject))
  }

  versionsOf(subject: string): Promise<readonly number[]> {
    return this.once(`versions ${subject}`, () => this.registry.versionsOf(subject))
  }

  versionOf(subject: string, version: number): Promise<RegisteredSchema> {
    return this.once(`version ${version} ${subject}`, () => this.registry.versionOf(subject, version))
  }

  subjects(): Promise<readonly string[]> {
    return this.once('subjects', () => this.registry.subjects())
  }

  private once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.answers.get(question) as Promise<T> | undefined
    if (known !== undefined) return known
    const answer = ask().catch((error: unknown) => {
      if (error instanceof RegistryError && error.kind === 'unavailable') this.lose(error)
      throw error
    })
    this.answers.set(question, answer)
    return answer
  }
}
