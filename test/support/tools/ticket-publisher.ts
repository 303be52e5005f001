import avsc from 'avsc'
import type { Test } from 'tap'
import { operations } from '#entities.js'
import { EntityPublisher, type EntityPublisherOptions } from '#publisher/entity-publisher.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import type { KafkaTopics, StoredRecord } from '../kafka/kafka-topics.js'
import { realParts } from '../real-parts/real-parts.js'

export const ticketSchema = {
  type: 'record',
  name: 'Ticket',
  streamable: true,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'version', type: 'int' },
  ] as unknown[],
} satisfies RecordSchema
const eventType = avsc.Type.forSchema(eventSchemaOf(ticketSchema) as avsc.Schema)

export interface TicketEvent extends StoredRecord {
  readonly id: string
  readonly version: number
}

/** A publisher of tickets, of its own entity type and with topics of its own. */
export async function ticketPublisher(
  t: Test,
  topics: KafkaTopics,
  entityType: string,
  options: Partial<EntityPublisherOptions> & Pick<EntityPublisherOptions, 'brokers'>,
  schema: object = ticketSchema,
): Promise<EntityPublisher> {
  for (const topic of operations.map((operation) => `${entityType}.${operation}`))
    if (!(await topics.exists(topic))) await topics.create(topic, 4)
  const { registryUrl: url } = await realParts()
  const schemas = t.testdir({ [`${entityType}.avsc`]: JSON.stringify(schema) })
  const publisher = await EntityPublisher.create({ registry: { url }, schemas, register: true, ...options })
  t.teardown(() => publisher.close())
  return publisher
}

/** The events on a topic of tickets, each partition's in its order. */
export async function ticketEventsOn(topics: KafkaTopics, topic: string): Promise<TicketEvent[]> {
  const records = await topics.contentsOf(topic)
  return records.map((record) => {
    const { data } = eventType.fromBuffer(record.value!.subarray(5)) as { data: { Ticket?: { id: string; version: number } } }
    const ticket = ('Ticket' in data ? data.Ticket : data) as { id: string; version: number }
    return { ...record, id: ticket.id, version: ticket.version }
  })
}
