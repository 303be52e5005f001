import * as v from 'valibot'
import { invalid, type RegistryClient } from './confluent-client.js'
import type { RegisteredSchema } from './schema-registry.js'

/** The client passes on whatever came, a proxy's page among it. Members that are not read here may be anything. */
const answerShape = v.object({
  id: v.nullish(v.pipe(v.number(), v.safeInteger())),
  schemaType: v.nullish(v.literal('AVRO')),
  schema: v.pipe(v.string(), v.check(looksLikeAvro, 'it is no Avro schema')),
  references: v.nullish(v.array(v.object({ subject: v.string(), version: v.pipe(v.number(), v.safeInteger()) }))),
})
export type SchemaAnswer = v.InferOutput<typeof answerShape>

/** What one schema may reference, directly and indirectly: each is a request, and all share one time limit. */
const referencesMax = 200

/** @throws RegistryError `invalid` */
export function schemaAnswerOf(came: unknown): SchemaAnswer {
  const result = v.safeParse(answerShape, came)
  if (!result.success) throw invalid(`the answer is no Avro schema (${v.getDotPath(result.issues[0]) ?? 'no object'})`)
  return result.output
}

/** The names of all subjects. @throws RegistryError `invalid` */
export async function subjectNames(client: RegistryClient): Promise<string[]> {
  const subjects: unknown = await client.getAllSubjects()
  if (!Array.isArray(subjects)) throw invalid('the answer is no list')
  return subjects.filter((subject) => typeof subject === 'string')
}

/** With all that it references. */
export async function resolved(client: RegistryClient, id: number, answer: SchemaAnswer): Promise<RegisteredSchema> {
  const references = new Map<string, string>()
  await collect(client, answer, references, new Set())
  return { id, schema: answer.schema, references: [...references.values()] }
}

/** Depth first, so that each schema stands after those that it references. `path` holds those whose references are being fetched. */
async function collect(client: RegistryClient, { references }: SchemaAnswer, found: Map<string, string>, path: Set<string>): Promise<void> {
  for (const { subject, version } of references ?? []) {
    const name = `${subject}, version ${version}`
    if (path.has(name)) throw invalid(`${name} references itself`)
    if (found.has(name)) continue
    if (found.size + path.size >= referencesMax) throw invalid(`it has more than ${referencesMax} references`)
    const answer = schemaAnswerOf(await client.getSchemaMetadata(subject, version, true))
    await collect(client, answer, found, new Set([...path, name]))
    found.set(name, answer.schema)
  }
}

/** The name of a type, a union, or an object with a type. */
function looksLikeAvro(text: string): boolean {
  try {
    const schema: unknown = JSON.parse(text)
    if (typeof schema === 'string' || Array.isArray(schema)) return true
    return typeof schema === 'object' && schema !== null && 'type' in schema
  } catch {
    return false
  }
}
