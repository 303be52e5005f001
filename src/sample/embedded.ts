import type { Clock } from '#clock.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { topicsOf, type EntityDefinition } from '#entities.js'
import { EntityRecordWriter } from '#publisher/entity-record.js'
import { type PublishedEntity, readEntities } from '#publisher/published-entity.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { inlinedSchemaOf } from '#schema/subjects/inlined-schema.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { SampleShop } from './shop.js'

/** As many as a small topic has, so that the embedded default has partitions as a real Kafka does. */
const partitionsPerTopic = 4

/** The embedded default: the schemas of a folder, a log in memory for each of their topics, and a shop that keeps writing to it. */
export interface Embedded {
  readonly entities: readonly EntityDefinition[]
  readonly topics: MemoryTopics
  readonly registry: MemoryRegistry
  readonly shop: SampleShop
  /** What it is written by. */
  readonly published: readonly PublishedEntity[]
}

/** @param folder holds one `.avsc` for each entity, named after its type. @throws ConfigurationError where it does not. */
export function embeddedFrom(folder: string, clock: Clock, random: () => number): Embedded {
  const registry = new MemoryRegistry()
  const topics = new MemoryTopics({ clock })
  const writers = new Map<string, EntityRecordWriter>()
  const entities = readEntities(folder)
  for (const entity of entities) {
    const schema = JSON.stringify(eventSchemaOf(inlinedSchemaOf(entity.file)))
    const names = topicsOf(entity.definition).map(({ topic }) => topic)
    for (const topic of names) topics.create(topic, partitionsPerTopic)
    writers.set(
      entity.definition.name,
      new EntityRecordWriter(entity, new Map(names.map((topic) => [topic, registry.register(`${topic}-value`, schema)]))),
    )
  }
  const shop = new SampleShop(clock, random, (entityType, operation, entityId, entity) => {
    const { topic, record } = writers.get(entityType)!.write({ operation, entity, entityId, timestampMs: clock.now() })
    topics.append(topic, { key: Buffer.from(record.key), value: record.value })
  })
  return { entities: entities.map(({ definition }) => definition), topics, registry, shop, published: entities }
}
