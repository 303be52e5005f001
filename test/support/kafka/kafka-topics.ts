import { spawn } from 'node:child_process'
import { once } from 'node:events'
import kafkajs, {
  Kafka,
  logLevel,
  Partitioners,
  type AclOperationTypes,
  type Admin,
  type EachMessagePayload,
  type Message,
  type Producer,
  type RetryOptions,
} from 'kafkajs'
import { codecs } from './kafka-codecs.js'
import { kafkaClassPath } from '../real-parts/artifacts.js'

/** A record as it stands on a topic. */
export interface StoredRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: string
  readonly value: Buffer | null
}

let names = 0

/** A name that no other test, test file or run uses at the same broker or registry. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${names++}`
}

/** Topics and records on a real broker, as tests need them. Never makes a topic by accident. */
export class KafkaTopics {
  private constructor(
    private readonly kafka: Kafka,
    private readonly brokers: readonly string[],
    private readonly admin: Admin,
    private readonly producer: Producer,
  ) {}

  static async connect(brokers: readonly string[], retry?: RetryOptions): Promise<KafkaTopics> {
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, ...(retry !== undefined && { retry }) })
    const topics = new KafkaTopics(kafka, brokers, kafka.admin(), producerOf(kafka))
    await Promise.all([topics.admin.connect(), topics.producer.connect()])
    return topics
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()])
  }

  async create(topic: string, partitions = 1, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
    // It does not wait for leaders itself: to a broker that does not know the topic yet it would not ask again.
    await this.admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: false })
    await this.untilServed(topic)
  }

  /** @param replicas for each partition the nodes that have it; the first one leads it. */
  async createOn(topic: string, replicas: readonly (readonly number[])[], settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
    const replicaAssignment = replicas.map((nodes, partition) => ({ partition, replicas: [...nodes] }))
    await this.admin.createTopics({ topics: [{ topic, replicaAssignment, configEntries }], waitForLeaders: false })
    await this.untilServed(topic)
  }

  /** For each partition its leader, and the replicas that have all of it. */
  async leadersOf(topic: string): Promise<{ leader: number; inSync: readonly number[] }[]> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] })
    const partitions = topics.flatMap((one) => one.partitions).sort((a, b) => a.partitionId - b.partitionId)
    return partitions.map(({ leader, isr }) => ({ leader, inSync: isr }))
  }

  /** As retention does: the oldest record is then that at the offset, for each partition. */
  async dropBefore(topic: string, offsets: readonly number[]): Promise<void> {
    await this.admin.deleteTopicRecords({ topic, partitions: offsets.map((offset, partition) => ({ partition, offset: String(offset) })) })
  }

  async growTo(topic: string, partitions: number): Promise<void> {
    await this.admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] })
    // A producer that has seen the topic before knows nothing of the new partitions and drops what is meant for them.
    await this.producer.disconnect()
    await this.producer.connect()
  }

  /** A broker may name a topic's leader a moment before it serves its partitions. */
  private async untilServed(topic: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.admin.fetchTopicOffsets(topic)
        return
      } catch (error) {
        if (tries === 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  async delete(topic: string): Promise<void> {
    await this.admin.deleteTopics({ topics: [topic] })
  }

  async exists(topic: string): Promise<boolean> {
    return (await this.admin.listTopics()).includes(topic)
  }

  /** On a broker that asks what its users may do. */
  async allow(user: string, topic: string, operation: AclOperationTypes): Promise<void> {
    const { AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs
    const resource = { resourceType: AclResourceTypes.TOPIC, resourceName: topic, resourcePatternType: ResourcePatternTypes.LITERAL }
    const who = { principal: `User:${user}`, host: '*', permissionType: AclPermissionTypes.ALLOW }
    await this.admin.createAcls({ acl: [{ ...resource, ...who, operation }] })
  }

  /** The names of the clients that are in a group, whichever. */
  async groupMembers(): Promise<string[]> {
    const { groups } = await this.admin.listGroups()
    const described = await this.admin.describeGroups(groups.map(({ groupId }) => groupId))
    return described.groups.flatMap(({ members }) => members.map(({ clientId }) => clientId))
  }

  async produce(topic: string, messages: Message[]): Promise<void> {
    await this.producer.send({ topic, messages })
  }

  async produceCompressed(topic: string, codec: keyof typeof codecs, messages: Message[]): Promise<void> {
    await this.producer.send({ topic, messages, compression: codecs[codec] })
  }

  /** A transaction that is left open. Begun with its first records. */
  async transaction(topic: string, messages: Message[]) {
    const producer = producerOf(this.kafka, uniqueName('transaction'))
    await producer.connect()
    const transaction = await producer.transaction()
    const send = (more: Message[]) => transaction.send({ topic, messages: more })
    await send(messages)
    const end = async (how: 'commit' | 'abort') => {
      await transaction[how]()
      await producer.disconnect()
    }
    return { send, commit: () => end('commit'), abort: () => end('abort') }
  }

  /** All that stands on a topic now. */
  async contentsOf(topic: string): Promise<StoredRecord[]> {
    const ends = await this.admin.fetchTopicOffsets(topic)
    const expected = ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
    const consumer = this.kafka.consumer({ groupId: uniqueName('contents'), allowAutoTopicCreation: false })
    const records: StoredRecord[] = []
    if (expected === 0) return records
    await consumer.connect()
    try {
      await consumer.subscribe({ topic, fromBeginning: true })
      await new Promise<void>((resolve, reject) => {
        const eachMessage = ({ partition, message: { offset, key, value } }: EachMessagePayload) => {
          if (records.push({ topic, partition, offset, key: String(key), value }) >= expected) resolve()
          return Promise.resolve()
        }
        consumer.run({ autoCommit: false, eachMessage }).catch(reject)
      })
    } finally {
      await consumer.disconnect()
    }
    return records
  }

  /** As Kafka's own Java client writes them, in few batches, so that they are truly compressed. Each line is a value. */
  async produceWithJava(topic: string, codec: 'gzip' | 'snappy' | 'lz4' | 'zstd', lines: readonly string[]): Promise<void> {
    const tool = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafkaClassPath(), 'org.apache.kafka.tools.ConsoleProducer']
    const args = ['--bootstrap-server', this.brokers.join(','), '--topic', topic, '--compression-codec', codec]
    const batches = ['--timeout', '200', '--batch-size', '200000']
    const java = spawn('java', [...tool, ...args, ...batches], { stdio: ['pipe', 'ignore', 'ignore'] })
    java.stdin.end(lines.join('\n') + '\n')
    const [code] = (await once(java, 'exit')) as [number | null]
    if (code !== 0) throw new Error(`the console producer exited with ${code ?? 'a signal'}`)
  }
}

function producerOf(kafka: Kafka, transactionalId?: string): Producer {
  const transactional = transactionalId === undefined ? {} : { transactionalId, idempotent: true, maxInFlightRequests: 1 }
  return kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, ...transactional })
}
