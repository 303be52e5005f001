import { ConfigurationError } from '#errors.js'
import { readFetchedLog } from './fetched-log.js'
import { KafkaBrokers } from './kafka-brokers.js'
import type { KafkaLink, KafkaLinkOptions } from './kafka-link.js'
import type { KafkaRecord } from './kafka-record.js'
import { LogEndsAsker } from './read/log-ends.js'
import { Reading } from './read/reading.js'
import { fetchQuestion, topicIdsFrom } from './wire/fetch-question.js'

const answerBytesMax = 4 * 1024 * 1024
const waitMs = 500
/** A log that brings nothing so often, though it goes on, is held up by a transaction that nobody ends. */
const emptyAnswersMax = 20

/**
 * Reads a topic of one partition from its beginning to the end that it has now, once.
 * @param take is handed each record.
 * @throws ConfigurationError where there is no such topic, or it has more partitions; Error where Kafka does not answer.
 */
export async function readTopic(options: KafkaLinkOptions, topic: string, take: (record: KafkaRecord) => void): Promise<void> {
  const brokers = new KafkaBrokers(options)
  try {
    const reading = await readingOf(brokers, topic)
    const end = await endOf(brokers, reading, options)
    if (reading.position >= end) return
    const link = await brokers.open(reading.leader!)
    await readTo(end, reading, link, take)
  } finally {
    brokers.close()
  }
}

async function readingOf(brokers: KafkaBrokers, topic: string): Promise<Reading> {
  const [found] = (await brokers.metadata([topic])).topics
  const [first, ...others] = found?.partitions ?? []
  if (first === undefined) throw new ConfigurationError(`The topic ${topic} does not exist, or this login may not describe it.`)
  if (others.length > 0) throw new ConfigurationError(`The topic ${topic} has more than one partition.`)
  const reading = new Reading(topic, found!.topicId, first.partition, 'beginning')
  reading.noteLeader(first.leader, first.leaderEpoch)
  if (reading.leader === undefined) throw new Error(`the topic ${topic} has no leader now`)
  return reading
}

/** Puts the reading at the beginning of the log. */
async function endOf(brokers: KafkaBrokers, reading: Reading, { clock }: KafkaLinkOptions): Promise<number> {
  let end: number | undefined
  await new LogEndsAsker(brokers, clock).ask([reading], (ends) => {
    const found = ends.get(reading)
    if (found === undefined) return
    reading.place(found)
    end = found.stable
  })
  if (end === undefined) throw new Error(`nobody says where the topic ${reading.topic} ends`)
  return end
}

async function readTo(end: number, reading: Reading, link: KafkaLink, take: (record: KafkaRecord) => void): Promise<void> {
  const version = Math.min(link.versionOf(fetchQuestion), reading.topicId === undefined ? topicIdsFrom - 1 : topicIdsFrom)
  const limits = { waitMs, answerBytesMax, partitionBytesMax: answerBytesMax, rack: '' }
  // Without a session (KIP-227): nobody reads on.
  const asked = { ...limits, sessionId: 0, sessionEpoch: -1, places: [reading], forgotten: [] }
  for (let empty = 0; reading.position < end;) {
    const answer = (await link.ask(fetchQuestion, asked, version)).partitions[0]
    if (answer === undefined || answer.errorCode !== 0)
      throw new Error(`the topic ${reading.topic} cannot be read: error ${answer?.errorCode}`)
    const { batches, last } = readFetchedLog(answer.log, answer.aborted, answer.endOffset)
    empty = last === undefined ? empty + 1 : 0
    if (empty > emptyAnswersMax) throw new Error(`the topic ${reading.topic} does not go on at ${reading.position}`)
    for (const batch of batches)
      for (const record of batch.records()) if (record.offset >= reading.position && record.offset < end) take(record)
    if (last !== undefined) reading.moveTo(last.lastOffset + 1, undefined)
  }
}
