import type { Clock } from '#clock.js'
import { type EntityDefinition, topicsOf } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import type { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { EntityRecordWriter } from '#publisher/entity-record.js'
import type { PublishedEntity } from '#publisher/published-entity.js'
import type { MemoryRegistry } from '#registry/memory-registry.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { inlinedSchemaOf } from '#schema/subjects/inlined-schema.js'
import type { Publish } from './shop.js'

/** What a data team adds one day: names, and what the shop writes there. */
const newFields = [
  ['gift_message', 'Many happy returns!'],
  ['coupon', 'SPRING-10'],
  ['referrer', 'newsletter'],
] as const

interface Writer {
  readonly entity: PublishedEntity
  readonly writer: EntityRecordWriter
  /** The values of what was added since the start. */
  readonly added: Readonly<Record<string, string>>
}

/** Writes what happens in the shop to its topics, by schemas of which new versions may come. */
export class ShopWriters {
  private readonly writers = new Map<string, Writer>()

  constructor(
    entities: readonly PublishedEntity[],
    private readonly topics: MemoryTopics,
    private readonly registry: MemoryRegistry,
    private readonly clock: Clock,
  ) {
    for (const entity of entities) this.registered(entity, {})
  }

  readonly publish: Publish = (entityType, operation, entityId, entity) => {
    const { writer, added } = this.writers.get(entityType)!
    const { topic, record } = writer.write({ operation, entity: { ...entity, ...added }, entityId, timestampMs: this.clock.now() })
    this.topics.append(topic, { key: Buffer.from(record.key), value: record.value })
  }

  /** The entities, each by its newest schema. @throws ConfigurationError where there is no such type. */
  entityOf(entityType: string): PublishedEntity {
    return this.named(entityType).entity
  }

  /** Registers a version of a type with one more field, which the shop writes from now on. Answers its name. @throws ConfigurationError */
  addField(entityType: string): string {
    const { entity, added } = this.named(entityType)
    const next = newFields.find(([name]) => !(name in added))
    if (next === undefined) throw new ConfigurationError(`The shop has no more fields to add to ${entityType}.`)
    const [name, value] = next
    const whole = inlinedSchemaOf<RecordSchema>(entity.file)
    const schema = {
      ...whole,
      fields: [...(whole['fields'] as readonly object[]), { name, type: ['null', 'string'], default: null }],
    } as RecordSchema
    const text = JSON.stringify(schema)
    const file = { ...entity.file, schema, text, references: [] }
    this.registered({ ...entity, file, record: parseAvroSchema(text) as RecordNode }, { ...added, [name]: value })
    return name
  }

  private registered(entity: PublishedEntity, added: Writer['added']): void {
    const schema = JSON.stringify(eventSchemaOf(inlinedSchemaOf(entity.file)))
    const ids = topicNames(entity.definition).map((topic) => [topic, this.registry.register(`${topic}-value`, schema)] as const)
    this.writers.set(entity.definition.name, { entity, writer: new EntityRecordWriter(entity, new Map(ids)), added })
  }

  private named(entityType: string): Writer {
    const found = this.writers.get(entityType)
    if (found === undefined) throw new ConfigurationError(`The shop has no ${entityType}.`)
    return found
  }
}

export function topicNames(definition: EntityDefinition): string[] {
  return topicsOf(definition).map(({ topic }) => topic)
}
