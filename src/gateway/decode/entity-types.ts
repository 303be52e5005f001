import { type EntityDefinition, type EntityTopic, topicsOf } from '#entities.js'

/** The entity types that are streamed: those that are configured, and those that are found while the gateway runs. */
export class EntityTypes {
  private readonly definitions = new Map<string, EntityDefinition>()
  private readonly topics = new Map<string, EntityTopic>()

  constructor(configured: readonly EntityDefinition[]) {
    for (const entity of configured) this.add(entity)
  }

  add(entity: EntityDefinition): void {
    this.definitions.set(entity.name, entity)
    for (const topic of topicsOf(entity)) this.topics.set(topic.topic, topic)
  }

  has(entityType: string): boolean {
    return this.definitions.has(entityType)
  }

  all(): readonly EntityDefinition[] {
    return [...this.definitions.values()]
  }

  /** Undefined for a topic that belongs to none of the types. */
  topic(name: string): EntityTopic | undefined {
    return this.topics.get(name)
  }

  topicNames(): string[] {
    return [...this.topics.keys()]
  }

  /** Whether the type has a topic for each operation: Kafka keeps no order between them. */
  isUnordered(entityType: string): boolean {
    return this.definitions.get(entityType)?.layout === 'topic-per-operation'
  }
}
