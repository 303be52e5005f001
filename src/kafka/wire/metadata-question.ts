import type { FieldReader } from './field-reader.js'
import type { Question } from './question.js'

export interface NodeAddress {
  readonly id: number
  readonly host: string
  readonly port: number
}

export interface PartitionMetadata {
  readonly partition: number
  /** -1 where there is none now. */
  readonly leader: number
  /** Rises with each new leader; -1 where the broker does not say. */
  readonly leaderEpoch: number
}

export interface TopicMetadata {
  readonly errorCode: number
  readonly topic: string
  /** Another one where a topic was deleted and made anew; undefined where the broker does not say. */
  readonly topicId: string | undefined
  readonly partitions: readonly PartitionMetadata[]
}

export interface MetadataAnswer {
  readonly nodes: readonly NodeAddress[]
  /** Those that were asked for, each with its error. */
  readonly topics: readonly TopicMetadata[]
}

const noId = '0'.repeat(32)

/** Which nodes there are, and which of them leads which partition of these topics. Makes no topic. */
export const metadataQuestion: Question<readonly string[], MetadataAnswer> = {
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
    fields.boolean(false) // Whether topics are made that do not exist.
    if (version >= 8 && version <= 10) fields.boolean(false) // Whether it says what we may do with the cluster,
    if (version >= 8) fields.boolean(false) // and with the topics.
    fields.tags()
  },
  read(fields, version) {
    fields.int32() // How long the broker would like us to wait: we ask seldom.
    const nodes = fields.array(() => readNode(fields))
    fields.string() // The cluster's id.
    fields.int32() // Its controller.
    const topics = fields.array(() => readTopic(fields, version))
    return { nodes, topics }
  },
}

function readNode(fields: FieldReader): NodeAddress {
  const node = { id: fields.int32(), host: fields.string(), port: fields.int32() }
  fields.string() // Its rack.
  fields.tags()
  return node
}

function readTopic(fields: FieldReader, version: number): TopicMetadata {
  const [errorCode, topic] = [fields.int16(), fields.string()]
  const topicId = version >= 10 ? fields.uuid() : noId
  fields.boolean() // Whether it is one of Kafka's own.
  const partitions = fields.array(() => readPartition(fields, version))
  if (version >= 8) fields.int32() // What we may do with it.
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
