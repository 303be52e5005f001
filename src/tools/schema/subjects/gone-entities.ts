// Finds a team's entities that the registry has and the team's folder lacks. Enters: the planned subjects. Leaves: the entities that are
// gone.
import { namespaceOf } from '#avro/schema/schema-name.js'
import { dirname, join } from 'node:path'
import type { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { RegistryError } from '#registry/schema-registry.js'
import { ConfigurationError } from '#errors.js'
import { registeredEntityOf } from './registered-entity.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { fullNameOf } from '#schema/files/schema-json.js'
import type { PlannedSubject } from '#schema/subjects/subject-plan.js'

/** How many candidates are looked at, each by a request: a team has dozens of types, and the registry of all teams takes seconds. */
const candidatesMax = 1000

/**
 * Streamable entities with events under the same kinds of subjects as the folder's entities, and in the namespace of one of them. All
 * others belong to another team. Their files would lie beside the folder's. @throws RegistryError where the registry does not answer.
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

/** Names with all the subjects that a planned entity has: `.create-value`, `.update-value` and `.delete-value`. */
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

/** The ends of subjects behind the name of the entity type, for each way in which planned entities are registered. */
function endingsOf(events: readonly PlannedSubject[]): string[][] {
  const ways = new Map<string, string[]>()
  for (const { source } of events) {
    const its = events.filter((one) => one.source === source && one.subject.startsWith(source.entityType))
    const endings = its.map(({ subject }) => subject.slice(source.entityType.length))
    if (endings.length > 0) ways.set(endings.join(), endings)
  }
  return [...ways.values()]
}

/** Undefined where the subject's newest version is not an event around an entity. */
async function eventEntityOf(registry: ConfluentSubjects, subject: string): Promise<EntityFile | undefined> {
  const [latest] = await registry.versionsOf(subject)
  if (latest === undefined) return undefined
  try {
    return registeredEntityOf(subject, 'event', await registry.schemaOf(subject, latest))
  } catch (error) {
    // Another team's schema may be of another language than Avro, or not a record.
    if (error instanceof ConfigurationError || (error instanceof RegistryError && error.kind === 'invalid')) return undefined
    throw error
  }
}
