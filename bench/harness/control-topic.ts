import type { KafkaTopics } from '../../test/support/kafka/kafka-topics.js'

/** So many are written at a time: a broker takes 1 MiB in one batch. */
const recordsAtOnce = 2000

/** A topic on a broker that says who may see what. */
export class ControlTopic {
  private constructor(
    private readonly topics: KafkaTopics,
    readonly name: string,
  ) {}

  static async create(topics: KafkaTopics, name: string): Promise<ControlTopic> {
    await topics.create(name, 1, { 'cleanup.policy': 'compact' })
    return new ControlTopic(topics, name)
  }

  /** Resolves when all are written, in their order. */
  async write(records: readonly { readonly key: string; readonly value: string }[]): Promise<void> {
    for (let from = 0; from < records.length; from += recordsAtOnce)
      await this.topics.produce(this.name, records.slice(from, from + recordsAtOnce))
  }
}
