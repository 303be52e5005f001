import type { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { registeredEntityOf } from './registered-entity.js'
import type { EntityFile, WholeSchema } from '#schema/files/schema-folder.js'
import { isOnTopic, type PlannedSubject } from '#schema/subjects/subject-plan.js'

/**
 * The entities as the topics' newest schemas in a registry have them. The first subject of an entity that is registered and has its shape
 * speaks for all. @throws RegistryError where the registry does not answer.
 */
export async function latestEntitiesOf(registry: ConfluentSubjects, plans: readonly PlannedSubject[]): Promise<EntityFile[]> {
  const found = new Map<WholeSchema, EntityFile>()
  for (const { subject, kind, source } of plans.filter(isOnTopic)) {
    if (found.has(source)) continue
    const [latest] = await registry.versionsOf(subject)
    if (latest === undefined) continue
    const entity = registeredEntityOf(`${subject} version ${latest}`, kind, await registry.schemaOf(subject, latest))
    if (entity !== undefined) found.set(source, { ...entity, entityType: source.entityType })
  }
  return [...found.values()]
}
