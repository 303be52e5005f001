import type { AbortedTransaction } from '../fetched-log.js'
import { groupedBy } from '#grouped-by.js'
import type { FieldReader } from './field-reader.js'
import type { FieldWriter } from './field-writer.js'
import type { Question } from './question.js'

/** Where a partition is to be fetched from. */
export interface FetchedPlace {
  readonly topic: string
  /** The topic's id in hex, which requests need from version `topicIdsFrom` on. */
  readonly topicId: string | undefined
  readonly partition: number
  readonly position: number
  readonly leaderEpoch: number
  /** The epoch of the last record that was read, which the broker compares with its own log; -1 where it is not known. */
  readonly lastEpoch: number
}

export interface FetchAsked {
  /** How long the broker may wait for a first record, in milliseconds. */
  readonly waitMs: number
  readonly answerBytesMax: number
  readonly partitionBytesMax: number
  /** Where this process runs, for which leaders name the nearest replica. Empty where they should name none. */
  readonly rack: string
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly places: readonly FetchedPlace[]
  /** The partitions that leave the session. */
  readonly forgotten: readonly FetchedPlace[]
}

/** A leader's epoch, and the offset behind the last record that was written in it. */
export interface EpochEnd {
  readonly epoch: number
  readonly endOffset: number
}

export interface PartitionAnswer {
  /** The topic's name, or its id from version `topicIdsFrom` on. */
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  /** The log's end: the first offset that not all replicas in sync have yet. */
  readonly endOffset: number
  /** What lies before it is decided: where the first open transaction begins, or else the log's end. */
  readonly stableOffset: number
  /** The broker's last epoch up to the one that was asked for, where its log is another one than what was read. */
  readonly diverging: EpochEnd | undefined
  /** The broker whose replica is the nearest, which should be fetched from instead; -1 where the leader names none. */
  readonly preferredReplica: number
  readonly aborted: readonly AbortedTransaction[]
  /** Record batches one after the other. The last one may be cut off. */
  readonly log: Buffer
}

export interface FetchAnswer {
  /** How long the broker asks us to wait, in milliseconds. */
  readonly throttleMs: number
  readonly errorCode: number
  readonly sessionId: number
  readonly partitions: readonly PartitionAnswer[]
}

/** From this version on requests name topics by their ids, so that a log that was made anew is not taken for the one before it. */
export const topicIdsFrom = 13

/** The number of the optional field of a partition's answer that says where the logs diverge. */
const divergingTag = 0

export const fetchQuestion: Question<FetchAsked, FetchAnswer> = {
  apiKey: 1,
  name: 'Fetch',
  versionMin: 4, // The first with transactions (Kafka 0.11).
  versionMax: 13,
  flexibleFrom: 12,
  write(fields, asked, version) {
    fields.int32(-1) // No replica asks.
    fields.int32(asked.waitMs)
    fields.int32(1) // A single record is answered at once.
    fields.int32(asked.answerBytesMax)
    fields.int8(1) // Records of open transactions wait.
    if (version >= 7) fields.int32(asked.sessionId)
    if (version >= 7) fields.int32(asked.sessionEpoch)
    writeTopics(fields, asked.places, version, (place) => writePlace(fields, place, asked.partitionBytesMax, version))
    if (version >= 7) writeTopics(fields, asked.forgotten, version, ({ partition }) => fields.int32(partition))
    if (version >= 11) fields.string(asked.rack)
    fields.tags()
  },
  read(fields, version) {
    const throttleMs = fields.int32()
    const errorCode = version >= 7 ? fields.int16() : 0
    const sessionId = version >= 7 ? fields.int32() : 0
    const topics = fields.array(() => {
      const topic = version >= topicIdsFrom ? fields.uuid() : fields.string()
      const partitions = fields.array(() => readPartition(fields, topic, version))
      fields.tags()
      return partitions
    })
    return { throttleMs, errorCode, sessionId, partitions: topics.flat() }
  },
}

function writeTopics(fields: FieldWriter, places: readonly FetchedPlace[], version: number, write: (place: FetchedPlace) => void): void {
  const topics = groupedBy(places, ({ topic }) => topic)
  fields.array([...topics.values()], (partitions) => {
    if (version >= topicIdsFrom) fields.uuid(partitions[0].topicId!)
    else fields.string(partitions[0].topic)
    fields.array(partitions, write)
    fields.tags()
  })
}

function writePlace(fields: FieldWriter, place: FetchedPlace, partitionBytesMax: number, version: number): void {
  fields.int32(place.partition)
  if (version >= 9) fields.int32(place.leaderEpoch)
  fields.int64(place.position)
  if (version >= 12) fields.int32(place.lastEpoch)
  if (version >= 5) fields.int64(-1) // The beginning of our own log, as only replicas have one.
  fields.int32(partitionBytesMax)
  fields.tags()
}

function readPartition(fields: FieldReader, topic: string, version: number): PartitionAnswer {
  const [partition, errorCode, endOffset, stableOffset] = [fields.int32(), fields.int16(), fields.offset(), fields.offset()]
  if (version >= 5) fields.int64() // Where the log begins.
  const aborted = fields.array(() => readAborted(fields))
  const preferredReplica = version >= 11 ? fields.int32() : -1
  const log = fields.bytes()
  let diverging: EpochEnd | undefined
  fields.tags((tag) => {
    if (tag === divergingTag) diverging = readEpochEnd(fields)
  })
  return { topic, partition, errorCode, endOffset, stableOffset, diverging, preferredReplica, aborted, log }
}

function readEpochEnd(fields: FieldReader): EpochEnd | undefined {
  const end = { epoch: fields.int32(), endOffset: fields.offset() }
  fields.tags()
  return end.epoch >= 0 ? end : undefined
}

function readAborted(fields: FieldReader): AbortedTransaction {
  const aborted = { producerId: fields.int64(), firstOffset: fields.offset() }
  fields.tags()
  return aborted
}
