import { groupedBy } from '#grouped-by.js'
import { readFetchedLog } from './fetched-log.js'
import { KafkaBrokers } from './kafka-brokers.js'
import type { KafkaLink, KafkaLinkOptions } from './kafka-link.js'
import type { KafkaRecord } from './kafka-record.js'
import { LogEndsAsker } from './read/log-ends.js'
import { type LogEnds, Reading } from './read/reading.js'
import { errorCodes } from './wire/error-codes.js'
import { fetchQuestion, type PartitionAnswer, topicIdsFrom } from './wire/fetch-question.js'
import type { TopicMetadata } from './wire/metadata-question.js'

// A look at the ends of topics, once. Enters: topics. Leaves: where their logs begin and end, and a few of their newest records. Dropped:
// what was aborted, and batches that cannot be read. Fails: where no broker answers. Nothing is written and no group is joined.

/** A log of a topic, from its oldest offset to the one that its next record gets. */
export interface LogRange {
  readonly partition: number
  readonly low: number
  readonly high: number
}

export interface NewestRecords {
  readonly topic: string
  /** Those that somebody has told the ends of. */
  readonly logs: readonly LogRange[]
  /** By Kafka's time, the newest last. */
  readonly records: readonly (KafkaRecord & { readonly partition: number })[]
}

/** How far before the ends is looked. The second time for logs that end in what is no record: marks of transactions, or what was compacted. */
const looks = [
  { offsets: 20, partitionsAtOnce: 16 },
  { offsets: 2000, partitionsAtOnce: 4 },
] as const
/** Batches have up to 1 MB; of a log whose batches are larger the broker sends the first one whole. */
const partitionBytesMax = 256 * 1024
const waitMs = 500
/** How often the ends are asked for again that a broker has not told in time. */
const endsAskedMax = 5

/** All topics that this login may see. @throws Error that says of each broker why it does not answer. */
export async function topicsOf(options: KafkaLinkOptions): Promise<readonly TopicMetadata[]> {
  const brokers = new KafkaBrokers(options)
  try {
    return (await brokers.allTopics()).filter(({ errorCode }) => errorCode === errorCodes.none)
  } finally {
    brokers.close()
  }
}

/** @param countMax how many records of a topic are wanted. @throws Error where Kafka does not answer. */
export async function newestRecordsOf(
  options: KafkaLinkOptions,
  topics: readonly TopicMetadata[],
  countMax: number,
): Promise<readonly NewestRecords[]> {
  const brokers = new KafkaBrokers(options)
  try {
    // Tells who the brokers are.
    await brokers.metadata(topics.map(({ topic }) => topic))
    const readings = topics.flatMap(readingsOf)
    const ends = await endsOf(brokers, readings, options)
    const found = await recordsAtEnds(brokers, ends)
    return topics.map(({ topic }) => newestOf(topic, ends, found, countMax))
  } finally {
    brokers.close()
  }
}

type Found = ReadonlyMap<Reading, readonly KafkaRecord[]>

function newestOf(topic: string, ends: ReadonlyMap<Reading, LogEnds>, found: Found, countMax: number): NewestRecords {
  const own = [...ends].filter(([reading]) => reading.topic === topic).sort(([one], [other]) => one.partition - other.partition)
  const records = own.flatMap(([reading]) => (found.get(reading) ?? []).map((record) => ({ ...record, partition: reading.partition })))
  records.sort((one, other) => one.timestampMs - other.timestampMs)
  return {
    topic,
    logs: own.map(([{ partition }, { low, high }]) => ({ partition, low, high })),
    records: records.slice(-countMax),
  }
}

function readingsOf({ topic, topicId, partitions }: TopicMetadata): Reading[] {
  return partitions.map(({ partition, leader, leaderEpoch }) => {
    const reading = new Reading(topic, topicId, partition, 0)
    reading.noteLeader(leader, leaderEpoch)
    return reading
  })
}

/** A partition without a leader is left out, and so is one whose leader does not say where it ends. */
async function endsOf(brokers: KafkaBrokers, readings: readonly Reading[], { clock }: KafkaLinkOptions): Promise<Map<Reading, LogEnds>> {
  const ends = new Map<Reading, LogEnds>()
  const asker = new LogEndsAsker(brokers, clock)
  const led = readings.filter(({ leader }) => leader !== undefined)
  for (let asked = 0; asked < endsAskedMax && ends.size < led.length; asked++) {
    const missing = led.filter((reading) => !ends.has(reading))
    await asker.ask(missing, (told) => {
      for (const [reading, its] of told) ends.set(reading, its)
    })
  }
  return ends
}

async function recordsAtEnds(brokers: KafkaBrokers, ends: ReadonlyMap<Reading, LogEnds>): Promise<Found> {
  const found = new Map<Reading, readonly KafkaRecord[]>()
  const links = new Map<number, KafkaLink>()
  for (const { offsets, partitionsAtOnce } of looks) {
    const wanted = [...ends].filter(([reading, { low, stable }]) => stable > low && !found.has(reading))
    for (const [reading, { low, stable }] of wanted) reading.moveTo(Math.max(low, stable - offsets), undefined)
    for (const [leader, readings] of groupedBy(
      wanted.map(([reading]) => reading),
      ({ leader }) => leader!,
    )) {
      const link = links.get(leader) ?? (await brokers.open(leader))
      links.set(leader, link)
      for (let at = 0; at < readings.length; at += partitionsAtOnce) await fetchInto(found, link, readings.slice(at, at + partitionsAtOnce))
    }
  }
  return found
}

async function fetchInto(found: Map<Reading, readonly KafkaRecord[]>, link: KafkaLink, places: readonly Reading[]): Promise<void> {
  const hasIds = places.every(({ topicId }) => topicId !== undefined)
  const version = Math.min(link.versionOf(fetchQuestion), hasIds ? topicIdsFrom : topicIdsFrom - 1)
  const limits = { waitMs, answerBytesMax: places.length * partitionBytesMax, partitionBytesMax, rack: '' }
  const { partitions } = await link.ask(
    fetchQuestion,
    { ...limits, sessionId: 0, sessionEpoch: -1, places: [...places], forgotten: [] },
    version,
  )
  for (const answer of partitions) {
    const reading = places.find(
      ({ topic, topicId, partition }) => partition === answer.partition && answer.topic === (version >= topicIdsFrom ? topicId : topic),
    )
    const records = reading === undefined ? [] : recordsIn(answer, reading.position)
    if (records.length > 0) found.set(reading!, records)
  }
}

function recordsIn({ errorCode, log, aborted, endOffset }: PartitionAnswer, from: number): KafkaRecord[] {
  if (errorCode !== errorCodes.none) return []
  return readFetchedLog(log, aborted, endOffset).batches.flatMap((batch) => {
    try {
      return batch.records().filter(({ offset }) => offset >= from)
    } catch {
      // Damaged, or of a format that is not read: the gateway says so once it reads on.
      return []
    }
  })
}
