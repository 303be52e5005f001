import { resolved, schemaAnswerOf, subjectNames } from './confluent-answer.js'
import { ConfluentClient, type ConfluentRegistryOptions, invalid } from './confluent-client.js'
import type { RegisteredSchema, SchemaRegistry } from './schema-registry.js'

// What enters: an id or a subject. What leaves: an Avro schema as text, with all that it references. Whatever else the registry
// answers, or does not answer, is a RegistryError.

export class ConfluentRegistry implements SchemaRegistry {
  private constructor(private readonly client: ConfluentClient) {}

  /** Asks the registry nothing yet. */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentRegistry> {
    return new ConfluentRegistry(await ConfluentClient.create(options))
  }

  schemaById(id: number): Promise<RegisteredSchema> {
    return this.client.call(`schema ${id}`, async (client) => {
      const answer = schemaAnswerOf(await client.getBySubjectAndId('', id))
      return await resolved(client, id, answer)
    })
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return this.client.call(`subject ${subject}`, async (client) => {
      const answer = schemaAnswerOf(await client.getLatestSchemaMetadata(subject))
      if (answer.id == null) throw invalid('the answer has no id')
      return await resolved(client, answer.id, answer)
    })
  }

  subjects(): Promise<readonly string[]> {
    return this.client.call('the subjects', subjectNames)
  }
}
