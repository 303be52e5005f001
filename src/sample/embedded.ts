import type { Clock } from '#clock.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import type { EntityDefinition } from '#entities.js'
import { readEntities } from '#publisher/published-entity.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { SampleShop } from './shop.js'
import { ShopWriters, topicNames } from './shop-writers.js'

/** As many as a small topic has, so that the embedded default has partitions as a real Kafka does. */
const partitionsPerTopic = 4

/** The embedded default: the schemas of a folder, a log in memory for each of their topics, and a shop that keeps writing to it. */
export interface Embedded {
  readonly entities: readonly EntityDefinition[]
  readonly topics: MemoryTopics
  readonly registry: MemoryRegistry
  readonly writers: ShopWriters
  readonly shop: SampleShop
}

/** @param folder holds one `.avsc` for each entity, named after its type. @throws ConfigurationError where it does not. */
export function embeddedFrom(folder: string, clock: Clock, random: () => number): Embedded {
  const registry = new MemoryRegistry()
  const topics = new MemoryTopics({ clock })
  const published = readEntities(folder)
  const entities = published.map(({ definition }) => definition)
  for (const topic of entities.flatMap(topicNames)) topics.create(topic, partitionsPerTopic)
  const writers = new ShopWriters(published, topics, registry, clock)
  return { entities, topics, registry, writers, shop: new SampleShop(clock, random, writers.publish) }
}
