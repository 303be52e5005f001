import type { KafkaTopics } from '../../test/support/kafka/kafka-topics.js'
import { TopicProducer } from '../feed/topic-producer.js'

/** A topic on a broker that says who may see what. */
export class ControlTopic {
  private constructor(
    readonly name: string,
    private readonly producer: TopicProducer,
  ) {}

  static async create(topics: KafkaTopics, brokers: readonly string[], name: string): Promise<ControlTopic> {
    await topics.create(name, 1, { 'cleanup.policy': 'compact' })
    return new ControlTopic(name, await TopicProducer.open(brokers, name))
  }

  /** Resolves when all are written, in their order. */
  async write(records: readonly { readonly key: string; readonly value: string }[]): Promise<void> {
    const timestampMs = Date.now()
    await this.producer.send(
      records.map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value), partition: 0, timestampMs })),
    )
  }

  close(): void {
    this.producer.close()
  }
}
