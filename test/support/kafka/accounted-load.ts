import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'

const pauseMs = 2
/** Nobody waits long for a broker that hangs: whether it writes the record yet is not known then. */
const requestMsMax = 2000

export interface LoadOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  /** -1 where all replicas in sync must have a record before it counts. */
  readonly acks?: -1 | 1
}

/** Writes to each partition of a topic without end, whatever becomes of the others, and keeps what the brokers acknowledge. */
export class AccountedLoad {
  readonly partitions: readonly PartitionLoad[]

  constructor({ partitions, ...options }: LoadOptions) {
    this.partitions = Array.from({ length: partitions }, (_, partition) => new PartitionLoad(partition, options))
  }

  async stop(): Promise<void> {
    await Promise.all(this.partitions.map((one) => one.stop()))
  }
}

/** One record after the other, each another value, none of them twice. */
export class PartitionLoad {
  /** Values by the offsets that a broker said they have. */
  readonly acknowledged = new Map<number, string>()
  private written = 0
  private stopped = false
  private readonly producer: Producer
  private readonly ended: Promise<void>

  constructor(
    readonly partition: number,
    private readonly options: Omit<LoadOptions, 'partitions'>,
  ) {
    const limits = { requestTimeout: requestMsMax, connectionTimeout: requestMsMax, retry: { retries: 0 } }
    // A client for each, as one of kafkajs's asks for all its partitions where it has lost one.
    const kafka = new Kafka({ brokers: [...options.brokers], logLevel: logLevel.NOTHING, ...limits })
    this.producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner })
    this.ended = this.run()
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.ended
    await this.producer.disconnect()
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const value = String(this.written++)
      const offset = await this.write(value)
      if (offset !== undefined) this.acknowledged.set(offset, value)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  /** Undefined where it is not known whether it is written. */
  private async write(value: string): Promise<number | undefined> {
    const { topic, acks = -1 } = this.options
    try {
      await this.producer.connect()
      const answers = await this.producer.send({ topic, acks, messages: [{ partition: this.partition, value }] })
      const baseOffset = answers[0]?.baseOffset
      return baseOffset === undefined ? undefined : Number(baseOffset)
    } catch {
      return undefined
    }
  }
}
