import { withReferences, checkedAnswer, schemaWithId, subjectNames, versionNumbers } from './confluent-answer.js'
import { ConfluentClient, type ConfluentRegistryOptions, type RegistryClient, unavailable } from './confluent-client.js'
import { type RegisteredSchema, RegistryError, type VersionedRegistry } from './schema-registry.js'

// What enters: an id or a subject. What leaves: an Avro schema as text, with all that it references. Any other answer, and none at all, is
// a RegistryError.

export class ConfluentRegistry implements VersionedRegistry {
  private constructor(private readonly client: ConfluentClient) {}

  /** Sends no request yet. */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentRegistry> {
    return new ConfluentRegistry(await ConfluentClient.create(options))
  }

  schemaById(id: number): Promise<RegisteredSchema> {
    return this.read(`schema ${id}`, async (client) => {
      const answer = await schemaWithId(client, id)
      // A proxy that mixes answers up may be right the next time. No record may be read by another schema than its own.
      if (answer.id != null && answer.id !== id) throw unavailable(`the answer is about schema ${answer.id}`)
      return await withReferences(client, id, answer, this.client.context)
    })
  }

  schemaByGuid(guid: string): Promise<RegisteredSchema> {
    return this.read(`schema ${guid}`, async (client) => {
      const answer = checkedAnswer(await client.getByGuid(guid))
      if (answer.guid != null && answer.guid.toLowerCase() !== guid) throw unavailable(`the answer is about schema ${answer.guid}`)
      return await withReferences(client, 0, answer, this.client.context)
    })
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return this.readSchema(`subject ${subject}`, (client) => client.getLatestSchemaMetadata(subject))
  }

  async firstOf(subject: string): Promise<RegisteredSchema> {
    try {
      return await this.versionOf(subject, 1)
    } catch (error) {
      if (!(error instanceof RegistryError) || error.kind !== 'not_found') throw error
    }
    // Version 1 was deleted for good, so the oldest that is left counts as the first.
    const [first] = (await this.versionsOf(subject)).slice(-1)
    if (first === undefined) throw new RegistryError('not_found', `subject ${subject}: it has no version`)
    return await this.versionOf(subject, first)
  }

  versionsOf(subject: string): Promise<readonly number[]> {
    return this.read(`subject ${subject}`, (client) => versionNumbers(client, subject))
  }

  /** Finds a deleted version too, where the registry still has it. */
  versionOf(subject: string, version: number): Promise<RegisteredSchema> {
    return this.readSchema(`subject ${subject}, version ${version}`, (client) => client.getSchemaMetadata(subject, version, true))
  }

  subjects(): Promise<readonly string[]> {
    return this.read('the subjects', subjectNames)
  }

  private readSchema(what: string, ask: (client: RegistryClient) => Promise<unknown>): Promise<RegisteredSchema> {
    return this.read(what, async (client) => {
      const answer = checkedAnswer(await ask(client))
      if (answer.id == null) throw unavailable('the answer has no id')
      return await withReferences(client, answer.id, answer, this.client.context)
    })
  }

  /** A registry never refuses a question, so a refusal came from a server in between. */
  private async read<T>(what: string, ask: (client: RegistryClient) => Promise<T>): Promise<T> {
    try {
      return await this.client.call(what, ask)
    } catch (error) {
      throw error instanceof RegistryError && error.kind === 'refused' ? unavailable(error.message) : error
    }
  }
}
