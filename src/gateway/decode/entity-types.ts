import { type EntityDefinition, type EntityTopic, topicsOf } from '#entities.js'
import { groupedBy } from '#grouped-by.js'

/** The entity types that are streamed: those that are configured, and those that are found while the gateway runs. */
export class EntityTypes {
  private readonly definitions = new Map<string, EntityDefinition>()
  private readonly topics = new Map<string, readonly EntityTopic[]>()

  constructor(configured: readonly EntityDefinition[]) {
    for (const entity of configured) this.add(entity)
  }

  add(entity: EntityDefinition): void {
    this.definitions.set(entity.name, entity)
    for (const topic of topicsOf(entity)) this.topics.set(topic.topic, [...this.topicsNamed(topic.topic), topic])
  }

  has(entityType: string): boolean {
    return this.definitions.has(entityType)
  }

  all(): readonly EntityDefinition[] {
    return [...this.definitions.values()]
  }

  /** The types in their order, those together that share a topic, as they are read together. */
  groups(): readonly (readonly EntityDefinition[])[] {
    return [...groupedBy(this.all(), (entity) => topicsOf(entity)[0]!.topic).values()]
  }

  /** The topic as each type sees it whose records stand on it; none for a topic that belongs to none of the types. */
  topicsNamed(name: string): readonly EntityTopic[] {
    return this.topics.get(name) ?? []
  }

  /** Whether records of other types stand on the type's topic. A tombstone does not say of which it is. */
  sharesTopic(entityType: string): boolean {
    const definition = this.definitions.get(entityType)
    return definition?.layout === 'single-topic' && this.topicsNamed(definition.topic).length > 1
  }

  topicNames(): string[] {
    return [...this.topics.keys()]
  }

  /** Whether the type has a topic for each operation: Kafka keeps no order between them. */
  isUnordered(entityType: string): boolean {
    return this.definitions.get(entityType)?.layout === 'topic-per-operation'
  }
}
