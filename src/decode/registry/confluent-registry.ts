import { resolved, schemaAnswerOf, schemaWithId, subjectNames } from './confluent-answer.js'
import { ConfluentClient, type ConfluentRegistryOptions, type RegistryClient, unavailable } from './confluent-client.js'
import { type RegisteredSchema, RegistryError, type SchemaRegistry } from './schema-registry.js'

// What enters: an id or a subject. What leaves: an Avro schema as text, with all that it references. Whatever else the registry
// answers, or does not answer, is a RegistryError.

export class ConfluentRegistry implements SchemaRegistry {
  private constructor(private readonly client: ConfluentClient) {}

  /** Asks the registry nothing yet. */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentRegistry> {
    return new ConfluentRegistry(await ConfluentClient.create(options))
  }

  schemaById(id: number): Promise<RegisteredSchema> {
    return this.read(`schema ${id}`, async (client) => await resolved(client, id, await schemaWithId(client, id)))
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return this.read(`subject ${subject}`, async (client) => {
      const answer = schemaAnswerOf(await client.getLatestSchemaMetadata(subject))
      if (answer.id == null) throw unavailable('the answer has no id')
      return await resolved(client, answer.id, answer)
    })
  }

  subjects(): Promise<readonly string[]> {
    return this.read('the subjects', subjectNames)
  }

  /** A registry refuses nothing to those who read: whatever does so stands in between. */
  private async read<T>(what: string, ask: (client: RegistryClient) => Promise<T>): Promise<T> {
    try {
      return await this.client.call(what, ask)
    } catch (error) {
      throw error instanceof RegistryError && error.kind === 'refused' ? unavailable(error.message) : error
    }
  }
}
