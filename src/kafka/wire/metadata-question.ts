import type { FieldReader } from './field-reader.js'
import type { Question } from './question.js'

export interface BrokerAddress {
  readonly id: number
  readonly host: string
  readonly port: number
}

export interface PartitionMetadata {
  readonly partition: number
  /** The broker that leads the partition; -1 where there is none now. */
  readonly leader: number
  /** Rises with each new leader; -1 where the broker does not say. */
  readonly leaderEpoch: number
}

export interface TopicMetadata {
  readonly errorCode: number
  readonly topic: string
  /** The topic's id, which changes where it is deleted and made anew; undefined where the broker does not say. */
  readonly topicId: string | undefined
  readonly partitions: readonly PartitionMetadata[]
}

export interface MetadataAnswer {
  readonly brokers: readonly BrokerAddress[]
  /** Each with its error. */
  readonly topics: readonly TopicMetadata[]
}

const noId = '0'.repeat(32)

/**
 * Which brokers there are, and which of them leads which partition of these topics, or of all where it is undefined. The question makes no
 * topic.
 */
export const metadataQuestion: Question<readonly string[] | undefined, MetadataAnswer> = {
  apiKey: 3,
  name: 'Metadata',
  versionMin: 4,
  versionMax: 12,
  flexibleFrom: 9,
  write(fields, topics, version) {
    fields.array(topics, (topic) => {
      if (version >= 10) fields.uuid(noId)
      fields.string(topic)
      fields.tags()
    })
    fields.boolean(false) // Whether the broker makes topics that do not exist.
    if (version >= 8 && version <= 10) fields.boolean(false) // Whether the answer says what we may do with the cluster,
    if (version >= 8) fields.boolean(false) // and with the topics.
    fields.tags()
  },
  read(fields, version) {
    fields.int32() // The pause that the broker asks for: we ask seldom enough.
    const brokers = fields.array(() => readBroker(fields))
    fields.string() // The cluster's id.
    fields.int32() // Its controller.
    const topics = fields.array(() => readTopic(fields, version))
    return { brokers, topics }
  },
}

function readBroker(fields: FieldReader): BrokerAddress {
  const broker = { id: fields.int32(), host: fields.string(), port: fields.int32() }
  fields.string() // Its rack.
  fields.tags()
  return broker
}

function readTopic(fields: FieldReader, version: number): TopicMetadata {
  const [errorCode, topic] = [fields.int16(), fields.string()]
  const topicId = version >= 10 ? fields.uuid() : noId
  fields.boolean() // Whether the topic is one of Kafka's own.
  const partitions = fields.array(() => readPartition(fields, version))
  if (version >= 8) fields.int32() // What we may do with the topic.
  fields.tags()
  return { errorCode, topic, topicId: topicId === noId ? undefined : topicId, partitions }
}

function readPartition(fields: FieldReader, version: number): PartitionMetadata {
  fields.int16() // An error of the partition says that it has no leader, or that a replica is away.
  const [partition, leader] = [fields.int32(), fields.int32()]
  const leaderEpoch = version >= 7 ? fields.int32() : -1
  const lists = version >= 5 ? 3 : 2 // Its replicas, those in sync, and those that are away.
  for (let i = 0; i < lists; i++) fields.array(() => fields.int32())
  fields.tags()
  return { partition, leader, leaderEpoch }
}
