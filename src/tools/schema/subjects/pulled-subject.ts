import { type EntityDefinition, topicNamesOf, topicsOf } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { RegistryError } from '#registry/schema-registry.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { recordSubjectsOf } from '#schema/subjects/record-subjects.js'
import { pulledEntityOf, refuseSeveral } from './pulled-entity.js'

/** An entity as the newest version of one of its subjects has it. */
export interface PulledEntity {
  readonly subject: string
  readonly version: number
  readonly record: RecordSchema
}

/** How many subjects of an entity are looked at, each by two requests. */
const subjectsMax = 100

/**
 * By any naming strategy: of the topic (`orders-value`), of topic and record (`orders-shop.Order`), and of the record (`shop.Order`).
 * @throws RegistryError where the registry does not answer.
 * @throws ConfigurationError where the definition does not say which of several records it is.
 */
export async function pulledFrom(
  registry: ConfluentSubjects,
  subjects: readonly string[],
  definition: EntityDefinition,
): Promise<PulledEntity | undefined> {
  for (const subject of subjectsSaid(definition)) {
    const found = await pulledAt(registry, subject, definition)
    if (found !== undefined) return found
  }
  const found: PulledEntity[] = []
  for (const subject of subjectsByRecord(subjects, definition)) {
    const one = await pulledAt(registry, subject, definition)
    if (one !== undefined) found.push(one)
  }
  refuseSeveral(
    definition,
    found.map(({ record }) => record),
  )
  return found[0]
}

/** Those of its topics, and those that are named by its records. */
function subjectsSaid(definition: EntityDefinition): string[] {
  const topics = topicsOf(definition)
  return [...topics.map(({ topic }) => `${topic}-value`), ...topics.flatMap(recordSubjectsOf).flat()].slice(0, subjectsMax)
}

/** Those of topic and record, where the definition names no record. */
function subjectsByRecord(subjects: readonly string[], definition: EntityDefinition): string[] {
  if (definition.record !== undefined) return []
  const topics = topicNamesOf(definition)
  const found = subjects.filter((subject) => topics.some((topic) => subject.startsWith(`${topic}-`) && !/-(key|value)$/.test(subject)))
  return found.slice(0, subjectsMax)
}

async function pulledAt(registry: ConfluentSubjects, subject: string, definition: EntityDefinition): Promise<PulledEntity | undefined> {
  const [version] = await registry.versionsOf(subject)
  if (version === undefined) return undefined
  const record = await recordOf(registry, subject, version, definition)
  return record && { subject, version, record }
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
