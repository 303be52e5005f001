import { Kafka, logLevel } from 'kafkajs'
import { ProduceConnection } from './produce-connection.js'
import { decodeProduceAnswer, encodeProduceRequest, recordBytesMax, type PartitionRecords } from './produce-request.js'
import type { FedRecord, RecordSink } from './record-sink.js'

/** A broker takes batches of 1 MiB unless told otherwise. A feeder that has stood still makes up for it in several requests. */
const requestBytesMax = 900_000

/** Writes into one topic of Kafka: each partition's records to the broker that leads it, as it does when the producer is opened. */
export class TopicProducer implements RecordSink {
  private requests = 0

  private constructor(
    private readonly topic: string,
    /** By partition; none where it had no leader. */
    private readonly leaders: ReadonlyMap<number, ProduceConnection>,
  ) {}

  /** @throws Error where Kafka does not answer, or has no such topic. */
  static async open(brokers: readonly string[], topic: string): Promise<TopicProducer> {
    const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    try {
      const [{ topics }, cluster] = await Promise.all([admin.fetchTopicMetadata({ topics: [topic] }), admin.describeCluster()])
      const partitions = topics[0]!.partitions
      const leaders = cluster.brokers.filter(({ nodeId }) => partitions.some(({ leader }) => leader === nodeId))
      const connections = await connectionsTo(leaders)
      const led = partitions.filter(({ leader }) => connections.has(leader))
      return new TopicProducer(topic, new Map(led.map(({ partitionId, leader }) => [partitionId, connections.get(leader)!])))
    } finally {
      await admin.disconnect()
    }
  }

  /** Resolves when all replicas in sync have them. One call at a time. @throws Error where a broker refuses some, or does not answer. */
  async send(records: readonly FedRecord[]): Promise<void> {
    for (const portion of portionsOf(records)) await this.sendAtOnce(portion)
  }

  close(): void {
    for (const connection of new Set(this.leaders.values())) connection.close()
  }

  private async sendAtOnce(records: readonly FedRecord[]): Promise<void> {
    const requests = [...this.byLeader(records)].map(async ([leader, partitions]) => {
      const id = this.requests++
      const answers = decodeProduceAnswer(await leader.request(encodeProduceRequest(id, this.topic, partitions)), id)
      for (const { partition } of partitions) {
        const errorCode = answers.find((one) => one.partition === partition)?.errorCode
        if (errorCode !== 0) throw new Error(`Kafka refuses records for ${this.topic}, partition ${partition}, by its error ${errorCode}`)
      }
    })
    await Promise.all(requests)
  }

  private byLeader(records: readonly FedRecord[]): Map<ProduceConnection, PartitionRecords[]> {
    const ofPartition = new Map<number, FedRecord[]>()
    for (const record of records) {
      const known = ofPartition.get(record.partition)
      if (known === undefined) ofPartition.set(record.partition, [record])
      else known.push(record)
    }
    const ofLeader = new Map<ProduceConnection, PartitionRecords[]>()
    for (const [partition, its] of ofPartition) {
      const leader = this.leaders.get(partition)
      if (leader === undefined) throw new Error(`${this.topic} has no partition ${partition} that a broker leads`)
      const known = ofLeader.get(leader)
      if (known === undefined) ofLeader.set(leader, [{ partition, records: its }])
      else known.push({ partition, records: its })
    }
    return ofLeader
  }
}

/** By the broker's id. @throws Error where one is not to be reached. */
async function connectionsTo(brokers: readonly { nodeId: number; host: string; port: number }[]): Promise<Map<number, ProduceConnection>> {
  const connections = new Map<number, ProduceConnection>()
  try {
    for (const { nodeId, host, port } of brokers) connections.set(nodeId, await ProduceConnection.open(host, port))
    return connections
  } catch (error) {
    for (const connection of connections.values()) connection.close()
    throw error
  }
}

function* portionsOf(records: readonly FedRecord[]): Generator<readonly FedRecord[]> {
  let [start, bytes] = [0, 0]
  for (let at = 0; at < records.length; at++) {
    const more = recordBytesMax(records[at]!)
    if (at > start && bytes + more > requestBytesMax) {
      yield records.slice(start, at)
      ;[start, bytes] = [at, 0]
    }
    bytes += more
  }
  yield start === 0 ? records : records.slice(start)
}
