/** What the gateway streams: each entity type with its topics and the shape of the records on them. */

/**
 * What an id or a name may have, in UTF-16 units: they are held for as long as a subscription is, and echoed; a UUID has 36.
 */
export const nameCharactersMax = 256

/**
 * The id that several parts make up: `17/1`, with `%` and `/` within a part percent-encoded, so that no two rows share one. A single part is the id as
 * it is.
 */
export function joinedId(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : parts.map(encoded).join('/')
}

function encoded(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('/', '%2F')
}

/** A name that may stand in a topic, in a frame and in a metric without escaping. */
export const entityNamePattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/

/** Kafka's own rule: https://github.com/apache/kafka, `org.apache.kafka.common.internals.Topic`. */
export const topicPattern = /^[A-Za-z0-9._-]{1,249}$/

export const operations = ['create', 'update', 'delete'] as const
export type Operation = (typeof operations)[number]

/**
 * - `topic-per-operation`: the seed's `order.create`, `order.update`, `order.delete`. Kafka keeps no order between them.
 * - `single-topic`: one topic an entity type, with the operation inside the record; Kafka keeps its order.
 */
export type Layout = 'topic-per-operation' | 'single-topic'

/**
 * - `event`: the seed's message (`entity_id`, `entity_type`, `operation`, `timestamp`, `data`).
 * - `none`: the bare entity record; a tombstone is a delete. In a single topic every record is an update.
 * - `debezium`: Debezium's envelope (`before`, `after`, `op`, `ts_ms`), in a single topic.
 */
export type Envelope = 'event' | 'none' | 'debezium'

/**
 * How the keys of records are written: UTF-8; Confluent's wire format; a big-endian integer of 8 or 4 bytes; the 16 bytes of a UUID; JSON; what
 * Kafka Connect writes of a struct as a string (`Struct{id=5}`).
 */
export const keyFormats = ['text', 'avro', 'long', 'int', 'uuid', 'json', 'struct'] as const
export type KeyFormat = (typeof keyFormats)[number]

/** Fields of a bare record that are no data of the entity, by what they say. */
export interface Marks {
  /** Whether it is deleted: true, a text such as "true", a number other than 0, or a time. */
  readonly deleted?: string
  readonly operation?: string
  readonly time?: string
}

export interface EntityDefinition {
  readonly name: string
  readonly layout: Layout
  readonly envelope: Envelope
  /** The topic, or what stands before `.create`, `.update` and `.delete`. */
  readonly topic: string
  /** The fields of the entity's record that make up its id, where the envelope does not hold it; without them the record's key does. */
  readonly idFields?: readonly string[]
  /** How its records' keys are written. Without it they are recognized where that is safe. */
  readonly key?: KeyFormat
  /**
   * The full names of the records that are the entity (envelopes `none` and `debezium`, of which the row's): others may stand on its topics.
   * Without it those that the topics' subjects say.
   */
  readonly record?: readonly string[]
  /** Whether other entities have records on its topic. */
  readonly sharesTopic?: boolean
  /** Of the envelope `none`. */
  readonly marks?: Marks
  /** Says `streamable` for schemas that cannot carry the flag (envelopes `none` and `debezium`). */
  readonly streamable?: boolean
  /** False where no table of its entities is kept. */
  readonly state?: boolean
  /** What its connector writes for a value that it does not have, where that is not Debezium's default (envelopes `none` and `debezium`). */
  readonly unavailableValue?: string
}

/** What Debezium writes for a large column that did not change, unless its `unavailable.value.placeholder` says otherwise. */
const debeziumUnavailableValue = '__debezium_unavailable_value'

/** The text that stands for a value that is not known; undefined where no connector writes the records. */
export function unavailableValueOf({ envelope, unavailableValue = debeziumUnavailableValue }: EntityDefinition): string | undefined {
  return envelope === 'event' ? undefined : unavailableValue
}

export interface EntityTopic {
  readonly topic: string
  readonly entity: EntityDefinition
  /** The only operation of this topic, where the layout has a topic for each. */
  readonly operation?: Operation
}

const topicsByEntity = new WeakMap<EntityDefinition, readonly EntityTopic[]>()

/** The same objects whenever it is asked for the same entity: what is known of a topic is kept by them. */
export function topicsOf(entity: EntityDefinition): readonly EntityTopic[] {
  const topics = topicsByEntity.get(entity) ?? topicsIn(entity)
  topicsByEntity.set(entity, topics)
  return topics
}

export function topicNamesOf(entity: EntityDefinition): string[] {
  return topicsOf(entity).map(({ topic }) => topic)
}

function topicsIn(entity: EntityDefinition): EntityTopic[] {
  if (entity.layout === 'single-topic') return [{ topic: entity.topic, entity }]
  return operations.map((operation) => ({ topic: `${entity.topic}.${operation}`, entity, operation }))
}

/** The seed's layout, for an entity that is configured by its name alone. */
export function seedEntity(name: string): EntityDefinition {
  return { name, layout: 'topic-per-operation', envelope: 'event', topic: name }
}
