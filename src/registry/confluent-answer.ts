import * as v from 'valibot'
import { invalid, isUnknown, notFound, type RegistryClient, unavailable } from './confluent-client.js'
import { contextNamedBy, refuseOtherContext } from './registry-context.js'
import { schemaCharactersMax } from '#avro/schema/schema-bounds.js'
import type { RegisteredSchema } from './schema-registry.js'
import { registryIdMax } from './wire-format.js'

/** The client passes on any answer, even a proxy's page. Members that are not read here may be anything. */
const answerShape = v.object({
  id: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff))),
  guid: v.nullish(v.string()),
  schemaType: v.nullish(v.pipe(v.string(), v.nonEmpty())),
  schema: v.string(),
  subject: v.nullish(v.string()),
  metadata: v.optional(v.unknown()),
  references: v.nullish(v.array(v.object({ subject: v.string(), version: v.pipe(v.number(), v.safeInteger()) }))),
})
export type SchemaAnswer = v.InferOutput<typeof answerShape>

/** How many schemas one may reference, directly and indirectly: each is a request, and all share one time limit. */
const referencesMax = 200

/**
 * Checks a registry's answer about a schema. A schema that is not Avro is `invalid` for good. An answer of another shape did not come from
 * a registry, or was cut off, so the registry counts as `unavailable`.
 * @throws RegistryError `invalid`, `unavailable`
 */
export function checkedAnswer(came: unknown): SchemaAnswer {
  const result = v.safeParse(answerShape, came)
  if (!result.success) throw unavailable(`the answer is none of a registry (${v.getDotPath(result.issues[0]) ?? 'no object'})`)
  const { schemaType, schema } = result.output
  if (schemaType != null && schemaType !== 'AVRO')
    throw invalid(`its schema is ${schemaType.slice(0, typeCharactersMax)}, which is not read`)
  if (schema.length > schemaCharactersMax) throw invalid(`it has more than ${schemaCharactersMax} characters`)
  if (!looksLikeAvro(schema)) throw invalid('it is no Avro schema')
  return result.output
}

/** As much of a type's name as people need to know it. */
const typeCharactersMax = 40

/** The names of all subjects. @throws RegistryError `unavailable` */
export async function subjectNames(client: RegistryClient): Promise<string[]> {
  const subjects: unknown = await client.getAllSubjects()
  if (!Array.isArray(subjects)) throw unavailable('the answer is no list')
  return subjects.filter((subject) => typeof subject === 'string')
}

/** Registries take an id beyond theirs for a path that they do not have. */
const idRefusals: ReadonlySet<unknown> = new Set([400, 404, 422])

/** @throws RegistryError, or what the client throws */
export async function schemaWithId(client: RegistryClient, id: number): Promise<SchemaAnswer> {
  try {
    return checkedAnswer(await client.getBySubjectAndId('', id))
  } catch (error) {
    if (id > registryIdMax && idRefusals.has((error as { status?: unknown }).status)) throw notFound()
    throw error
  }
}

/** The newest first. @throws RegistryError `unavailable`, or what the client throws */
export async function versionNumbers(client: RegistryClient, subject: string): Promise<number[]> {
  const result = v.safeParse(v.array(v.pipe(v.number(), v.safeInteger())), await client.getAllVersions(subject))
  if (!result.success) throw unavailable('the answer is no list of versions')
  return result.output.sort((one, other) => other - one)
}

/** Fetches all that a schema references. @param context the one that was asked for. @throws RegistryError, or what the client throws */
export async function withReferences(client: RegistryClient, id: number, answer: SchemaAnswer, context: string): Promise<RegisteredSchema> {
  refuseOtherContext(answer.subject, context)
  const references = new References(client)
  await references.collect(answer, context)
  const { schema, metadata } = answer
  const { texts, origins } = references
  return {
    id,
    schema,
    references: texts,
    ...(origins.length > 0 && { origins }),
    ...(metadata != null && { metadata }),
    ...references.metadata,
  }
}

class References {
  private readonly found = new Map<string, SchemaAnswer>()
  private characters = 0

  constructor(private readonly client: RegistryClient) {}

  get texts(): string[] {
    return [...this.found.values()].map(({ schema }) => schema)
  }

  /** The subject and version of each. */
  get origins(): string[] {
    return [...this.found.keys()]
  }

  /** Empty where no reference has metadata, as in most registries. */
  get metadata(): Pick<RegisteredSchema, 'referencesMetadata'> {
    const all = [...this.found.values()].map(({ metadata }) => metadata)
    return all.some((one) => one != null) ? { referencesMetadata: all } : {}
  }

  /** Depth first, so that each schema stands after those that it references. `path` holds those whose references are being fetched. */
  async collect({ schema, references }: SchemaAnswer, context: string, path: ReadonlySet<string> = new Set()): Promise<void> {
    this.characters += schema.length
    if (this.characters > schemaCharactersMax) throw invalid(`with its references it has more than ${schemaCharactersMax} characters`)
    for (const { subject, version } of references ?? []) {
      const name = `${subject}, version ${version}`
      if (path.has(name)) throw invalid(`${name} references itself`)
      if (this.found.has(name)) continue
      if (this.found.size + path.size >= referencesMax) throw invalid(`it has more than ${referencesMax} references`)
      const itsContext = contextNamedBy(subject) ?? context
      const answer = await this.fetchReference(subject, version, name)
      if ((contextNamedBy(answer.subject ?? '') ?? itsContext) !== itsContext)
        throw invalid(`its reference ${name} is known in another context alone`)
      await this.collect(answer, itsContext, new Set([...path, name]))
      this.found.set(name, answer)
    }
  }

  /** An unknown reference is an `invalid` schema, as `not_found` would mean that the registry does not know the schema itself. */
  private async fetchReference(subject: string, version: number, name: string): Promise<SchemaAnswer> {
    try {
      return checkedAnswer(await this.client.getSchemaMetadata(subject, version, true))
    } catch (error) {
      if (isUnknown(error)) throw invalid(`the registry does not know its reference ${name}`)
      throw error
    }
  }
}

/** An Avro schema is the name of a type, a union, or an object with a type. */
function looksLikeAvro(text: string): boolean {
  try {
    const schema: unknown = JSON.parse(text)
    if (typeof schema === 'string' || Array.isArray(schema)) return true
    return typeof schema === 'object' && schema !== null && 'type' in schema
  } catch {
    return false
  }
}
