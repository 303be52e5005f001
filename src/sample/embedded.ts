import type { Clock } from '../clock.js'
import { MemoryRegistry } from '../decode/registry/memory-registry.js'
import { seedEntity, topicsOf, type EntityDefinition } from '../entities.js'
import { eventSchemaOf } from '../schema/event-schema.js'
import { inlinedSchemaOf } from '../schema/inlined-schema.js'
import { readSchemaFolder } from '../schema/schema-folder.js'
import { MemorySource } from '../source/memory-source.js'
import { EventEncoder } from './event-encoder.js'
import { SampleShop } from './shop.js'

/** As many as a small topic has, so that what holds for partitions holds here. */
const partitionsPerTopic = 4

/** The embedded default: the schemas of a folder, a log in memory for each of their topics, and a shop that keeps writing to it. */
export interface Embedded {
  readonly entities: readonly EntityDefinition[]
  readonly source: MemorySource
  readonly registry: MemoryRegistry
  readonly shop: SampleShop
}

/** @param folder holds one `.avsc` an entity, named as its type. @throws ConfigurationError where it does not. */
export function embeddedFrom(folder: string, clock: Clock, random: () => number): Embedded {
  const registry = new MemoryRegistry()
  const source = new MemorySource({ clock })
  const encoders = new Map<string, EventEncoder>()
  const files = readSchemaFolder(folder)
  const entities = files.map(({ entityType }) => seedEntity(entityType))
  for (const [index, entity] of entities.entries()) {
    const schema = eventSchemaOf(inlinedSchemaOf(files[index]!))
    for (const { topic } of topicsOf(entity)) {
      source.createTopic(topic, partitionsPerTopic)
      encoders.set(topic, new EventEncoder(schema, registry.register(`${topic}-value`, JSON.stringify(schema))))
    }
  }
  const shop = new SampleShop(clock, random, (entityType, operation, entityId, data) => {
    const topic = `${entityType}.${operation}`
    const event = { entity_id: entityId, entity_type: entityType, operation, timestamp: clock.now(), data }
    source.append(topic, { key: Buffer.from(entityId), value: encoders.get(topic)!.encode(event) })
  })
  return { entities, source, registry, shop }
}
