import type { Clock } from '#clock.js'
import { ConfigurationError } from '#errors.js'
import { CompressionTypes, type Kafka, kafkaRetry, leaveKafka, newKafka, type KafkaClientOptions, type Producer } from './kafka-client.js'
import { sendFailure } from './send-failure.js'
import { SendFailure, type PartitionRecords, type RecordProducer } from './record-producer.js'

// The idempotent producer of kafkajs, used only in the ways that are safe. After every failure kafkajs rolls its sequence back and goes on
// with the next batch. It tries a batch for several brokers again while one of them still works on it, and it takes a leader's change for
// an answer. So each send here is one attempt for one partition, and the sender, not kafkajs, decides what is sent again.

export interface KafkaProducerOptions extends KafkaClientOptions {
  readonly topics: readonly string[]
  readonly compression: 'none' | 'gzip'
  readonly clock: Clock
}

/** Added partitions are found within this time, in milliseconds; as in Kafka's Java client. */
const metadataAgeMs = 300_000
/** kafkajs ends an attempt after a request's 10 s and some seconds for connecting anew. An attempt that takes longer will never end. */
const attemptMsMax = 60_000
/** At 2^31 kafkajs turns its sequence over in a way that Kafka does not know. A producer ends so long before that no batch reaches it. */
const recordsMax = 1_000_000_000
const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP }

export class KafkaProducer implements RecordProducer {
  private readonly producer: Producer
  private readonly partitions = new Map<string, number>()
  private pending: Promise<unknown> = Promise.resolve()
  private recordsSent = 0
  /** Whether a batch has left, or is about to, that Kafka has not answered. */
  private isUnanswered = false

  private constructor(
    private readonly kafka: Kafka,
    private readonly options: KafkaProducerOptions,
  ) {
    this.producer = this.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      metadataMaxAge: metadataAgeMs,
      // kafkajs refuses a number below 1, and tries again while it has tried less often than the number: with NaN it never does.
      retry: { ...kafkaRetry, retries: NaN },
      createPartitioner: () => (choice) => this.partitionOf(choice),
    })
    this.producer.on('producer.network.request', ({ payload }) => {
      if (payload.apiName === 'Produce') this.isUnanswered = false
    })
  }

  /** @throws ConfigurationError where topics do not exist, Error where Kafka does not answer */
  static async connect(options: KafkaProducerOptions): Promise<KafkaProducer> {
    const producer = new KafkaProducer(newKafka(options), options)
    try {
      await producer.countPartitions()
      await producer.producer.connect()
      return producer
    } catch (error) {
      await producer.close()
      throw error
    }
  }

  partitionsOf(topic: string): number | undefined {
    return this.partitions.get(topic)
  }

  async send(batch: PartitionRecords): Promise<bigint> {
    const sending = this.attempt(batch)
    this.pending = sending.catch(() => undefined)
    this.recordsSent += batch.records.length
    return await this.withinLimit(sending)
  }

  isWorn(): boolean {
    return this.recordsSent > recordsMax
  }

  async close(): Promise<void> {
    await leaveKafka(this.producer, this.options.clock)
    // An attempt that was under way connects anew by itself when it fails.
    void this.pending.then(() => leaveKafka(this.producer, this.options.clock))
  }

  private async attempt({ topic, partition, records }: PartitionRecords): Promise<bigint> {
    const messages = records.map(({ key, value, timestampMs, headers }) => ({
      key,
      value,
      partition,
      ...(headers !== undefined && { headers: { ...headers } }),
      ...(timestampMs !== undefined && { timestamp: String(timestampMs) }),
    }))
    const compression = codecs[this.options.compression]
    let answers
    try {
      answers = await this.producer.sendBatch({ acks: -1, compression, topicMessages: [{ topic, messages }] })
    } catch (error) {
      // After a send without an answer kafkajs asks for the brokers anew, and the refusal may be the answer to that question.
      throw sendFailure(error, this.isUnanswered)
    }
    // Where kafkajs does not know the partition yet, it drops the records for it and reports no error.
    const answer = answers.find((one) => one.topicName === topic && one.partition === partition)
    if (answer?.baseOffset === undefined) throw new SendFailure('unsure', 'Kafka has not answered for the partition')
    return BigInt(answer.baseOffset)
  }

  private withinLimit<T>(sending: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.options.clock.after(attemptMsMax, () => reject(new SendFailure('hung', `no answer within ${attemptMsMax} ms`)))
      sending.finally(cancel).then(resolve, reject)
    })
  }

  /** The sender has chosen the partition: a batch that is sent again must not move when partitions are added. */
  private partitionOf({ topic, partitionMetadata, message }: Choice): number {
    this.partitions.set(topic, partitionMetadata.length)
    this.isUnanswered = true // kafkajs asks just before it sends.
    return message.partition!
  }

  private async countPartitions(): Promise<void> {
    const admin = this.kafka.admin()
    try {
      await admin.connect()
      const existing = new Set(await admin.listTopics()) // Asking for a topic that does not exist could create it.
      const missing = this.options.topics.filter((topic) => !existing.has(topic))
      if (missing.length > 0)
        throw new ConfigurationError(`These topics do not exist, or this login may not describe them: ${missing.join(', ')}.`)
      const { topics } = await admin.fetchTopicMetadata({ topics: [...this.options.topics] })
      for (const { name, partitions } of topics) this.partitions.set(name, partitions.length)
    } finally {
      await leaveKafka(admin, this.options.clock)
    }
  }
}

interface Choice {
  readonly topic: string
  readonly partitionMetadata: readonly unknown[]
  readonly message: { readonly partition?: number }
}
