import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs'
import { plainEventType } from './plain-types.js'
import type { Brief } from './forked.js'

/** An event as avsc decodes it, all of it. */
export interface PlainEvent {
  readonly entity_id: string
  readonly entity_type: string
  readonly operation: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The seed's message of an event. */
export function messageOf({ entity_id, entity_type, operation, data }: PlainEvent) {
  return { type: 'entity_update', entity_id, entity_type, operation, data }
}

/** Behind the magic byte and the schema id. */
const framingBytes = 5

/** Decodes every event of the topic, as one writes it with kafkajs and avsc. Resolves when records from here on will be read. */
export async function readTopic(brief: Brief, take: (event: PlainEvent) => void): Promise<void> {
  const type = plainEventType()
  await readBatches(brief, (messages) => {
    for (const { value } of messages) take(type.fromBuffer(value!.subarray(framingBytes)) as PlainEvent)
  })
}

/** The same, undecoded. */
export async function readBatches({ brokers, topic }: Brief, take: (messages: readonly KafkaMessage[]) => void): Promise<void> {
  const consumer = new Kafka({ brokers: [...brokers], logLevel: logLevel.WARN }).consumer({ groupId: `bench-${randomUUID()}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      take(batch.messages)
      return Promise.resolve()
    },
  })
  await joined
}
