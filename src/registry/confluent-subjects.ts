import * as v from 'valibot'
import { withReferences, checkedAnswer, subjectNames, versionNumbers } from './confluent-answer.js'
import {
  ConfluentClient,
  type ConfluentRegistryOptions,
  invalid,
  isLevelUnknown,
  type RegistryClient,
  type SchemaInfo,
} from './confluent-client.js'
import { refuseOtherContext } from './registry-context.js'
import { type RegisteredSchema, RegistryError, type SchemaDraft, type SubjectRegistry, type SubjectVersion } from './schema-registry.js'

// The side of a registry that takes new schemas. What enters: a subject, and a schema with the versions of other subjects that it
// references. What leaves: versions, levels and verdicts. Any other answer of the registry is a RegistryError.

/** Compatibility levels. */
export interface SubjectLevels {
  /** The subject's own, undefined where it has none. Some registries answer NONE instead. */
  readonly own: string | undefined
  /** The level of all subjects without their own. */
  readonly global: string
}

/** The id goes into every record, in four bytes. */
const versionShape = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
  version: v.pipe(v.number(), v.safeInteger()),
  subject: v.nullish(v.string()),
})

export class ConfluentSubjects implements SubjectRegistry {
  private constructor(private readonly client: ConfluentClient) {}

  /** Sends no request yet. */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentSubjects> {
    return new ConfluentSubjects(await ConfluentClient.create(options))
  }

  /** The names of all subjects. */
  subjects(): Promise<string[]> {
    return this.client.call('the subjects', subjectNames)
  }

  /** The numbers of its versions, the newest first; none where nothing is registered. */
  async versionsOf(subject: string): Promise<number[]> {
    return (await this.known(subject, (client) => versionNumbers(client, subject))) ?? []
  }

  schemaOf(subject: string, version: number): Promise<RegisteredSchema> {
    return this.client.call(`subject ${subject}, version ${version}`, async (client) => {
      const answer = checkedAnswer(await client.getSchemaMetadata(subject, version, false))
      return await withReferences(client, answer.id ?? 0, answer, this.client.context)
    })
  }

  async levelsOf(subject: string): Promise<SubjectLevels> {
    const own = await this.known(subject, (client) => client.getCompatibility(subject).catch(unlessLevelUnknown))
    return { own: stringIn(own), global: await this.globalLevel() }
  }

  /** Every registry has a global level, so what answers that it knows none is no registry, rather than an empty one. */
  async globalLevel(): Promise<string> {
    const level = stringIn(await unlessUnknown(this.client.call('the global level', (client) => client.getDefaultCompatibility())))
    if (level === undefined)
      throw new RegistryError('unavailable', `what answers at this address is not the root of its API (at ${this.client.address})`)
    return level
  }

  /** The registry's own verdict on a draft beside a version; undefined where it does not know the version. */
  async isCompatible(subject: string, version: number, draft: SchemaDraft): Promise<boolean | undefined> {
    return await this.known<boolean>(subject, (client) => client.testCompatibility(subject, version, schemaInfo(draft)))
  }

  /** The version under which a schema is registered already. */
  async find(subject: string, draft: SchemaDraft): Promise<SubjectVersion | undefined> {
    return await this.known(subject, async (client) => {
      const { subject: itsSubject, ...found } = checkedVersion(await client.getIdFullResponse(subject, schemaInfo(draft), false))
      refuseOtherContext(itsSubject, this.client.context)
      return found
    })
  }

  /** @throws RegistryError `refused` where it is incompatible. */
  async register(subject: string, draft: SchemaDraft): Promise<SubjectVersion> {
    await this.client.call(`subject ${subject}`, (client) => client.register(subject, schemaInfo(draft), false))
    // Some registries do not answer the version when they register a schema.
    const found = await this.find(subject, draft)
    if (found === undefined) throw invalid(`subject ${subject}: it does not find what it has registered`)
    return found
  }

  /** Undefined where the registry answers that it does not know the subject, the version or the schema. */
  private async known<T>(subject: string, ask: (client: RegistryClient) => Promise<T>): Promise<T | undefined> {
    return await unlessUnknown(this.client.call(`subject ${subject}`, ask))
  }
}

async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'not_found') return undefined
    throw error
  }
}

function unlessLevelUnknown(error: unknown): undefined {
  if (!isLevelUnknown(error)) throw error
}

function schemaInfo({ schema, references }: SchemaDraft): SchemaInfo {
  return { schemaType: 'AVRO', schema, ...(references.length > 0 && { references: [...references] }) }
}

function checkedVersion(came: unknown): v.InferOutput<typeof versionShape> {
  const result = v.safeParse(versionShape, came)
  if (!result.success) throw invalid('the answer has no id and version')
  return result.output
}

function stringIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
