import { topicResource, type ConfigsAsked, type TopicConfigs } from '#kafka/wire/configs-question.js'
import { FieldReader } from '#kafka/wire/field-reader.js'
import { FieldWriter } from '#kafka/wire/field-writer.js'
import {
  topicIdsFrom,
  type EpochEnd,
  type FetchAnswer,
  type FetchAsked,
  type FetchedPlace,
  type PartitionAnswer,
} from '#kafka/wire/fetch-question.js'
import type { MetadataAnswer } from '#kafka/wire/metadata-question.js'
import type { OffsetAnswer, OffsetsAsked } from '#kafka/wire/offsets-question.js'
import type { VersionsAnswer } from '#kafka/wire/versions-question.js'

// The broker's side of each question: it reads what is asked and writes the answer.

/** The broker's side of one kind of question. */
export interface AnswerSide<Asked, Answer> {
  readonly apiKey: number
  readonly flexibleFrom: number
  read(fields: FieldReader, version: number): Asked
  write(fields: FieldWriter, answer: Answer, version: number): void
}

export function readAsked<Asked>(side: AnswerSide<Asked, never>, bytes: Buffer, version: number): Asked {
  const fields = new FieldReader(bytes, version >= side.flexibleFrom)
  fields.tags()
  return side.read(fields, version)
}

export function writeAnswer<Answer>(side: AnswerSide<unknown, Answer>, answer: Answer, version: number): Buffer {
  const fields = new FieldWriter(version >= side.flexibleFrom)
  fields.tags()
  side.write(fields, answer, version)
  return fields.bytes
}

const noId = '0'.repeat(32)

export const versionsSide: AnswerSide<undefined, VersionsAnswer> = {
  apiKey: 18,
  flexibleFrom: 3,
  read: () => undefined,
  write(fields, { errorCode, versions }) {
    fields.int16(errorCode)
    fields.array(Object.entries(versions), ([apiKey, { minVersion, maxVersion }]) => {
      for (const number of [Number(apiKey), minVersion, maxVersion]) fields.int16(number)
    })
  },
}

export const metadataSide: AnswerSide<readonly string[], MetadataAnswer> = {
  apiKey: 3,
  flexibleFrom: 9,
  read(fields, version) {
    const topics = fields.array(() => {
      if (version >= 10) fields.uuid()
      const topic = fields.string()
      fields.tags()
      return topic
    })
    if (fields.boolean()) throw new Error('topics shall be made')
    if (version >= 8 && version <= 10) fields.boolean()
    if (version >= 8) fields.boolean()
    fields.tags()
    return topics
  },
  write(fields, { brokers, topics }, version) {
    fields.int32(0)
    fields.array(brokers, ({ id, host, port }) => {
      fields.int32(id)
      fields.string(host)
      fields.int32(port)
      fields.string('rack')
      fields.tags()
    })
    fields.string('cluster')
    fields.int32(1)
    fields.array(topics, ({ errorCode, topic, topicId, partitions }) => {
      fields.int16(errorCode)
      fields.string(topic)
      if (version >= 10) fields.uuid(topicId ?? noId)
      fields.boolean(false)
      fields.array(partitions, ({ partition, leader, leaderEpoch }) => {
        fields.int16(leader < 0 ? 5 : 0)
        fields.int32(partition)
        fields.int32(leader)
        if (version >= 7) fields.int32(leaderEpoch)
        for (const nodes of version >= 5 ? [[1, 2], [1], []] : [[1, 2], [1]]) fields.array(nodes, (node) => fields.int32(node))
        fields.tags()
      })
      if (version >= 8) fields.int32(0)
      fields.tags()
    })
    if (version >= 8 && version <= 10) fields.int32(0)
    fields.tags()
  },
}

export const offsetsSide: AnswerSide<OffsetsAsked, readonly OffsetAnswer[]> = {
  apiKey: 2,
  flexibleFrom: 6,
  read(fields, version) {
    fields.int32()
    const decidedOnly = fields.int8() === 1
    let at: OffsetsAsked['at'] = -1
    const topics = fields.array(() => {
      const topic = fields.string()
      const partitions = fields.array(() => {
        const partition = fields.int32()
        if (version >= 4) fields.int32()
        at = Number(fields.int64()) as OffsetsAsked['at']
        fields.tags()
        return partition
      })
      fields.tags()
      return { topic, partitions }
    })
    fields.tags()
    return { at, decidedOnly, topics }
  },
  write(fields, answers, version) {
    fields.int32(0)
    fields.array(byTopic(answers), ([topic, partitions]) => {
      fields.string(topic)
      fields.array(partitions, ({ partition, errorCode, offset }) => {
        fields.int32(partition)
        fields.int16(errorCode)
        fields.int64(-1)
        fields.int64(offset)
        if (version >= 4) fields.int32(0)
        fields.tags()
      })
      fields.tags()
    })
    fields.tags()
  },
}

/** Of a topic only what its version has: the name, or the id. */
export const fetchSide: AnswerSide<FetchAsked, FetchAnswer> = {
  apiKey: 1,
  flexibleFrom: 12,
  read(fields, version) {
    fields.int32()
    const [waitMs, , answerBytesMax] = [fields.int32(), fields.int32(), fields.int32()]
    fields.int8()
    const [sessionId, sessionEpoch] = version >= 7 ? [fields.int32(), fields.int32()] : [0, 0]
    let partitionBytesMax = 0
    const places = readTopics(fields, version, (place) => {
      const partition = fields.int32()
      const leaderEpoch = version >= 9 ? fields.int32() : -1
      const position = fields.offset()
      const lastEpoch = version >= 12 ? fields.int32() : -1
      if (version >= 5) fields.int64()
      partitionBytesMax = fields.int32()
      fields.tags()
      return { ...place, partition, leaderEpoch, lastEpoch, position }
    })
    const readForgotten = () => ({ partition: fields.int32(), leaderEpoch: -1, lastEpoch: -1, position: 0 })
    const forgotten = version >= 7 ? readTopics(fields, version, (place) => ({ ...place, ...readForgotten() })) : []
    const rack = version >= 11 ? fields.string() : ''
    fields.tags()
    return { waitMs, answerBytesMax, partitionBytesMax, rack, sessionId, sessionEpoch, places, forgotten }
  },
  write(fields, { throttleMs, errorCode, sessionId, partitions }, version) {
    fields.int32(throttleMs)
    if (version >= 7) fields.int16(errorCode)
    if (version >= 7) fields.int32(sessionId)
    fields.array(byTopic(partitions), ([topic, ofTopic]) => {
      if (version >= topicIdsFrom) fields.uuid(topic)
      else fields.string(topic)
      fields.array(ofTopic, (partition) => writePartition(fields, partition, version))
      fields.tags()
    })
    fields.tags()
  },
}

function readTopics(
  fields: FieldReader,
  version: number,
  read: (place: Pick<FetchedPlace, 'topic' | 'topicId'>) => FetchedPlace,
): FetchedPlace[] {
  const topics = fields.array(() => {
    const place = version >= topicIdsFrom ? { topic: '', topicId: fields.uuid() } : { topic: fields.string(), topicId: undefined }
    const places = fields.array(() => read(place))
    fields.tags()
    return places
  })
  return topics.flat()
}

function writePartition(fields: FieldWriter, answer: PartitionAnswer, version: number): void {
  fields.int32(answer.partition)
  fields.int16(answer.errorCode)
  fields.int64(answer.endOffset)
  fields.int64(answer.stableOffset)
  if (version >= 5) fields.int64(0)
  fields.array(answer.aborted, ({ producerId, firstOffset }) => {
    fields.int64(Number(producerId))
    fields.int64(firstOffset)
    fields.tags()
  })
  if (version >= 11) fields.int32(answer.preferredReplica)
  writeBytes(fields, answer.log, version)
  if (version >= 12 && answer.diverging !== undefined) writeDiverging(fields, answer.diverging)
  else fields.tags()
}

/** One optional field: its number is 0, its length 13. */
function writeDiverging(fields: FieldWriter, { epoch, endOffset }: EpochEnd): void {
  for (const byte of [1, 0, 13]) fields.int8(byte)
  fields.int32(epoch)
  fields.int64(endOffset)
  fields.tags()
}

/** Of text and bytes only the length is written otherwise, and not in the flexible versions. */
function writeBytes(fields: FieldWriter, bytes: Buffer, version: number): void {
  if (version >= fetchSide.flexibleFrom) fields.array([...bytes], (byte) => fields.int8((byte << 24) >> 24))
  else {
    fields.int32(bytes.length)
    for (const byte of bytes) fields.int8((byte << 24) >> 24)
  }
}

function byTopic<T extends { readonly topic: string }>(answers: readonly T[]): [string, T[]][] {
  const topics = new Map<string, T[]>()
  for (const answer of answers) topics.set(answer.topic, [...(topics.get(answer.topic) ?? []), answer])
  return [...topics]
}

export const configsSide: AnswerSide<ConfigsAsked, readonly TopicConfigs[]> = {
  apiKey: 32,
  flexibleFrom: 4,
  read(fields) {
    const asked = fields.array(() => {
      if (fields.int8() !== topicResource) throw new Error('not of a topic')
      return { topic: fields.string(), names: fields.array(() => fields.string()) }
    })
    fields.boolean()
    return { topics: asked.map(({ topic }) => topic), names: asked[0]?.names ?? [] }
  },
  write(fields, answer) {
    fields.int32(0)
    fields.array(answer, ({ errorCode, topic, settings }) => {
      fields.int16(errorCode)
      fields.string('in words')
      fields.int8(topicResource)
      fields.string(topic)
      fields.array([...settings], ([name, value]) => {
        fields.string(name)
        fields.string(value)
        fields.boolean(false)
        fields.int8(5)
        fields.boolean(false)
        fields.array(['also elsewhere'], (elsewhere) => {
          fields.string(elsewhere)
          fields.string(value)
          fields.int8(4)
        })
      })
    })
  },
}
