import type { EntityDefinition } from '#entities.js'
import { topicsOf } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { RegistryError } from '#registry/schema-registry.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { recordSubjectsOf } from '#schema/subjects/record-subjects.js'
import { pulledEntityOf } from './pulled-entity.js'

/** An entity as the newest version of one of its subjects has it. */
export interface PulledEntity {
  readonly subject: string
  readonly version: number
  readonly record: RecordSchema
}

/** How many subjects of an entity are looked at, each by two requests. */
const subjectsMax = 100

/**
 * By any naming strategy: of the topic (`orders-value`), of topic and record (`orders-shop.Order`), and of the record (`shop.Order`), which
 * the definition names. @throws RegistryError where the registry does not answer.
 */
export async function pulledFrom(
  registry: ConfluentSubjects,
  subjects: readonly string[],
  definition: EntityDefinition,
): Promise<PulledEntity | undefined> {
  for (const subject of candidatesAmong(subjects, definition)) {
    const [version] = await registry.versionsOf(subject)
    if (version === undefined) continue
    const record = await recordOf(registry, subject, version, definition)
    if (record !== undefined) return { subject, version, record }
  }
  return undefined
}

function candidatesAmong(subjects: readonly string[], definition: EntityDefinition): string[] {
  const topics = topicsOf(definition).map(({ topic }) => topic)
  const ofTopics = topics.map((topic) => `${topic}-value`)
  const ofRecords = subjects.filter((subject) => topics.some((topic) => subject.startsWith(`${topic}-`) && !/-(key|value)$/.test(subject)))
  const named = topicsOf(definition).flatMap(recordSubjectsOf).flat()
  return [...new Set([...ofTopics, ...ofRecords, ...named])].slice(0, subjectsMax)
}

/** Undefined for what is no Avro, or holds no record of the entity. */
async function recordOf(
  registry: ConfluentSubjects,
  subject: string,
  version: number,
  definition: EntityDefinition,
): Promise<RecordSchema | undefined> {
  try {
    return pulledEntityOf(definition, await registry.schemaOf(subject, version))
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'invalid') return undefined
    throw error instanceof SyntaxError ? new ConfigurationError(`The schema of ${subject} is no JSON.`) : error
  }
}
