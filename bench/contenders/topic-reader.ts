import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs'
import type { Brief } from './forked.js'
import { plainDecoder, type PlainEvent } from './plain-event.js'

/** Decodes every event of the topic, as one writes it with kafkajs and avsc. Resolves when records from here on will be read. */
export async function readTopic(brief: Brief, take: (event: PlainEvent) => void): Promise<void> {
  const decode = plainDecoder()
  await readBatches(brief, (messages) => {
    for (const { value } of messages) take(decode(value!))
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
