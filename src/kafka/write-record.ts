import { type BackOff, backOffMs } from '#back-off.js'
import { pause, type Clock } from '#clock.js'
import { ConfigurationError } from '#errors.js'
import type { KafkaClientOptions } from './kafka-client.js'
import { KafkaProducer } from './kafka-producer.js'
import { SendFailure, type OutgoingRecord } from './record-producer.js'

const retries: BackOff = { firstMs: 100, maxMs: 2000 }
const triesMax = 8

/**
 * Writes one record to a topic of one partition. Resolves with its offset once all in-sync replicas have it.
 * @throws ConfigurationError where there is no such topic, or it has more partitions; Error where it was not written, or nobody knows.
 */
export async function writeRecord(
  options: KafkaClientOptions & { readonly clock: Clock },
  topic: string,
  record: OutgoingRecord,
): Promise<number> {
  const producer = await KafkaProducer.connect({ ...options, topics: [topic], compression: 'none' })
  try {
    if (producer.partitionsOf(topic) !== 1) throw new ConfigurationError(`The topic ${topic} has more than one partition.`)
    for (let tries = 1; ; tries++) {
      try {
        return Number(await producer.send({ topic, partition: 0, records: [record] }))
      } catch (error) {
        // Sent again by the same producer it is written once.
        if (!(error instanceof SendFailure) || error.kind !== 'unsure' || tries === triesMax) throw error
        await pause(options.clock, backOffMs(retries, tries))
      }
    }
  } finally {
    await producer.close()
  }
}
