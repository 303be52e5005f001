import { type RegisteredSchema, RegistryError, type SchemaRegistry } from './schema-registry.js'

/** A registry in memory, for the embedded default and for tests. As in Confluent's, the same schema has the same id wherever it is registered. */
export class MemoryRegistry implements SchemaRegistry {
  private readonly byId: RegisteredSchema[] = []
  private readonly latest = new Map<string, RegisteredSchema>()

  /** Returns the id. `references`: what the schema needs, each one after those that it needs itself. `metadata` stands beside it, and makes it another one. */
  register(subject: string, schema: string, references: readonly string[] = [], metadata?: unknown): number {
    const text = JSON.stringify([schema, references, metadata])
    let registered = this.byId.find((known) => JSON.stringify([known.schema, known.references, known.metadata]) === text)
    if (registered === undefined) {
      registered = { id: this.byId.length + 1, schema, references, ...(metadata !== undefined && { metadata }) }
      this.byId.push(registered)
    }
    this.latest.set(subject, registered)
    return registered.id
  }

  schemaById(id: number): Promise<RegisteredSchema> {
    return answer(this.byId[id - 1], `schema ${id}`)
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return answer(this.latest.get(subject), `subject ${subject}`)
  }

  subjects(): Promise<readonly string[]> {
    return Promise.resolve([...this.latest.keys()])
  }
}

function answer(registered: RegisteredSchema | undefined, what: string): Promise<RegisteredSchema> {
  return registered ? Promise.resolve(registered) : Promise.reject(new RegistryError('not_found', `${what} is not registered`))
}
