import { ConfigurationError } from '#errors.js'
import type { KafkaProducer } from '#kafka/kafka-producer.js'
import { PublishError } from './publish-error.js'

/** @throws PublishError, ConfigurationError */
export async function connected(connect: () => Promise<KafkaProducer>): Promise<KafkaProducer> {
  try {
    return await connect()
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    throw new PublishError('not_connected', (error as Error).message)
  }
}
