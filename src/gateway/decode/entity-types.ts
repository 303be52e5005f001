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

  /** Of each topic of each type; undefined for a topic that is none of theirs. */
  topic(name: string): EntityTopic | undefined {
    return this.topics.get(name)
  }

  topicNames(): string[] {
    return [...this.topics.keys()]
  }

  /** Whether its operations come in topics of their own, between which Kafka keeps no order. */
  isUnordered(entityType: string): boolean {
    return this.definitions.get(entityType)?.layout === 'topic-per-operation'
  }
}
