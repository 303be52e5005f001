// Which entities of a team a registry has and its folder has not. Enters: the subjects as they are planned. Leaves: the entities that are gone.
import { namespaceOf } from '#avro/schema/schema-name.js'
import { dirname, join } from 'node:path'
import type { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { RegistryError } from '#registry/schema-registry.js'
import { ConfigurationError } from '#errors.js'
import { registeredEntityOf } from './registered-entity.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { fullNameOf } from '#schema/files/schema-json.js'
import type { PlannedSubject } from '#schema/subjects/subject-plan.js'

/** Each is a request; a team has some dozens of entity types, and a registry of all teams is looked through in seconds. */
const candidatesMax = 1000

/**
 * Those with events under the same kinds of subjects as the entities that are there, streamable, and in the namespace of one of them: others
 * are another team's. As files they would be where the others are. @throws RegistryError where the registry does not answer.
 */
export async function goneEntitiesOf(registry: ConfluentSubjects, plans: readonly PlannedSubject[]): Promise<EntityFile[]> {
  const events = plans.filter(({ kind }) => kind === 'event')
  const [first] = events
  const there = new Set(events.map(({ source }) => fullNameOf(source.schema)))
  const namespaces = new Set([...there].map(namespaceOf).filter((one) => one !== ''))
  if (first === undefined || namespaces.size === 0) return []
  const gone: EntityFile[] = []
  for (const { entityType, subject } of candidatesAmong(await registry.subjects(), events)) {
    const entity = await eventEntityOf(registry, subject)
    if (entity?.schema['streamable'] !== true) continue
    const name = fullNameOf(entity.schema)
    if (there.has(name) || !namespaces.has(namespaceOf(name))) continue
    gone.push({ ...entity, entityType, file: join(dirname(first.source.file), `${entityType}.avsc`) })
  }
  return gone
}

interface Candidate {
  readonly entityType: string
  /** One of its subjects. */
  readonly subject: string
}

/** Names for which all subjects are there that one of the planned entities has: `.create-value`, `.update-value` and `.delete-value`. */
function candidatesAmong(subjects: readonly string[], events: readonly PlannedSubject[]): Candidate[] {
  const there = new Set(subjects)
  const planned = new Set(events.map(({ source }) => source.entityType))
  const found = new Map<string, Candidate>()
  for (const endings of endingsOf(events)) {
    const [ending] = endings
    for (const subject of subjects.filter((one) => one.endsWith(ending!))) {
      const entityType = subject.slice(0, -ending!.length)
      if (planned.has(entityType) || !endings.every((one) => there.has(`${entityType}${one}`))) continue
      found.set(entityType, { entityType, subject })
    }
  }
  return [...found.values()].slice(0, candidatesMax)
}

/** What follows the name of an entity type in its subjects, for each way in which the planned ones have it. */
function endingsOf(events: readonly PlannedSubject[]): string[][] {
  const ways = new Map<string, string[]>()
  for (const { source } of events) {
    const its = events.filter((one) => one.source === source && one.subject.startsWith(source.entityType))
    const endings = its.map(({ subject }) => subject.slice(source.entityType.length))
    if (endings.length > 0) ways.set(endings.join(), endings)
  }
  return [...ways.values()]
}

/** Undefined where the newest under the subject is no event around an entity. */
async function eventEntityOf(registry: ConfluentSubjects, subject: string): Promise<EntityFile | undefined> {
  const [latest] = await registry.versionsOf(subject)
  if (latest === undefined) return undefined
  try {
    return registeredEntityOf(subject, 'event', await registry.schemaOf(subject, latest))
  } catch (error) {
    // Whoever's it is, it may be of another language than Avro, or no record.
    if (error instanceof ConfigurationError || (error instanceof RegistryError && error.kind === 'invalid')) return undefined
    throw error
  }
}
