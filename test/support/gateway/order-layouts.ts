import type { Message } from 'kafkajs'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { orderSchema, type OrderChange } from '../values/streamed-order.js'
import { EventEncoder } from '../values/event-encoder.js'
import { registerSchema } from '../schemas/registry-subjects.js'

/** One way in which orders stand on topics. */
export interface OrderLayout {
  readonly title: string
  /** Its entry in the `ENTITIES` file. */
  readonly entry: object
  /** Whether Kafka keeps the order of an entity's changes. */
  readonly isOrdered: boolean
  readonly suffixes: readonly string[]
  /** Registers the schemas of a type's topics, and answers how a change of one of its orders is written. */
  prepare(registryUrl: string, entityType: string): Promise<WriteChange>
}

export type WriteChange = (change: OrderChange) => { readonly topic: string; readonly messages: Message[] }

const operationTopics = ['.create', '.update', '.delete']

async function encoderOf(registryUrl: string, subject: string, schema: RecordSchema): Promise<EventEncoder> {
  return new EventEncoder(schema, await registerSchema(registryUrl, subject, schema))
}

async function prepareEvents(registryUrl: string, subject: string, entityType: string): Promise<(change: OrderChange) => Message> {
  const encoder = await encoderOf(registryUrl, subject, eventSchemaOf(orderSchema))
  return ({ entityId, operation, timestampMs, order }) => {
    const event = { entity_id: entityId, entity_type: entityType, operation, timestamp: timestampMs, data: order?.avro ?? null }
    return { key: entityId, value: encoder.encode(event), timestamp: afterwards(timestampMs) }
  }
}

/** Where a record says its own time, Kafka's is another one. */
function afterwards(timestampMs: number): string {
  return String(timestampMs + 1000)
}

const seedTopics: OrderLayout = {
  title: "events in the seed's three topics",
  entry: {},
  isOrdered: false,
  suffixes: operationTopics,
  async prepare(registryUrl, entityType) {
    const messageOf = await prepareEvents(registryUrl, `${entityType}.create-value`, entityType)
    return (change) => ({ topic: `${entityType}.${change.operation}`, messages: [messageOf(change)] })
  },
}

export const singleTopic: OrderLayout = {
  title: 'events in a single topic',
  entry: { layout: 'single-topic' },
  isOrdered: true,
  suffixes: [''],
  async prepare(registryUrl, entityType) {
    const messageOf = await prepareEvents(registryUrl, `${entityType}-value`, entityType)
    return (change) => ({ topic: entityType, messages: [messageOf(change)] })
  },
}

const bareRecords: OrderLayout = {
  title: 'bare records in three topics',
  entry: { envelope: 'none', id_field: 'id', streamable: true },
  isOrdered: false,
  suffixes: operationTopics,
  async prepare(registryUrl, entityType) {
    const encoder = await encoderOf(registryUrl, `${entityType}.create-value`, bareSchema())
    return ({ entityId, operation, timestampMs, order }) => {
      const value = order === null ? null : encoder.encode(order.avro)
      return { topic: `${entityType}.${operation}`, messages: [{ key: entityId, value, timestamp: String(timestampMs) }] }
    }
  },
}

const debezium: OrderLayout = {
  title: "Debezium's envelopes in a single topic",
  entry: { layout: 'single-topic', envelope: 'debezium', streamable: true },
  isOrdered: true,
  suffixes: [''],
  async prepare(registryUrl, entityType) {
    const keys = await encoderOf(registryUrl, `${entityType}-key`, debeziumKeySchema)
    const values = await encoderOf(registryUrl, `${entityType}-value`, debeziumSchema())
    return ({ entityId, operation, timestampMs, order }) => {
      const key = keys.encode({ id: entityId })
      const tombstone = { key, value: null, timestamp: String(timestampMs) }
      if (order === null) return { topic: entityType, messages: [tombstone] }
      const row = operation === 'delete' ? { before: order.avro, after: null } : { before: null, after: order.avro }
      const envelope = { ...row, source: { table: 'orders' }, op: operation.charAt(0), ts_ms: timestampMs }
      const message = { key, value: values.encode(envelope), timestamp: afterwards(timestampMs) }
      // As Debezium does, for compaction: whoever was told of the delete must not hear of it again.
      return { topic: entityType, messages: operation === 'delete' ? [message, tombstone] : [message] }
    }
  },
}

export const orderLayouts = [seedTopics, singleTopic, bareRecords, debezium] as const

/** Such topics cannot say that they are streamable. */
function bareSchema(): RecordSchema {
  return { ...orderSchema, streamable: undefined }
}

const debeziumKeySchema: RecordSchema = { type: 'record', name: 'Key', namespace: 'test', fields: [{ name: 'id', type: 'string' }] }

function debeziumSchema(): RecordSchema {
  const source = { type: 'record', name: 'Source', fields: [{ name: 'table', type: 'string' }] }
  return {
    type: 'record',
    name: 'Envelope',
    namespace: 'test',
    fields: [
      { name: 'before', type: ['null', bareSchema()], default: null },
      { name: 'after', type: ['null', 'test.Order'], default: null },
      { name: 'source', type: source },
      { name: 'op', type: 'string' },
      { name: 'ts_ms', type: ['null', 'long'], default: null },
    ],
  }
}
