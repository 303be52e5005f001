import { test } from 'tap'
import { readFetchedLog } from '#kafka/fetched-log.js'
import { Reading } from '#kafka/read/reading.js'
import { ReadingTable } from '#kafka/read/reading-table.js'
import { fetchQuestion, type FetchAnswer } from '#kafka/wire/fetch-question.js'
import { FetchSession } from '#kafka/wire/fetch-session.js'
import { metadataQuestion, type MetadataAnswer } from '#kafka/wire/metadata-question.js'
import { offsetsQuestion } from '#kafka/wire/offsets-question.js'
import { decodeAnswer } from '#kafka/wire/question.js'
import { versionsQuestion } from '#kafka/wire/versions-question.js'
import { encodeBatch } from '../support/kafka/record-batch.js'
import { fetchSide, metadataSide, offsetsSide, versionsSide, writeAnswer } from '../support/kafka/wire-answers.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

// What brokers answer, with bytes changed, cut out and put in.

/** What one answer may take, in milliseconds of CPU: a stall of the process, with room for a busy machine. */
const millisecondsMax = 1000

const id = 'ab'.repeat(16)
const log = Buffer.concat([5, 7].map((firstOffset) => encodeBatch({ firstOffset, leaderEpoch: 4, values: ['one', 'two'] })))
const aborted = [{ producerId: 3n, firstOffset: 4 }]

function fetchAnswerOf(version: number): FetchAnswer {
  const part = { topic: version >= 13 ? id : 'orders', errorCode: 0, endOffset: 9, stableOffset: 9, preferredReplica: -1, aborted }
  const partitions = [0, 1, 2].map((partition) => ({ ...part, partition, diverging: { epoch: 3, endOffset: partition }, log }))
  return { throttleMs: 0, errorCode: 0, sessionId: 7, partitions }
}

const metadataAnswer: MetadataAnswer = {
  brokers: [1, 2].map((id) => ({ id, host: '127.0.0.1', port: 9092 })),
  topics: [
    {
      errorCode: 0,
      topic: 'orders',
      topicId: id,
      partitions: [1, 2, -1].map((leader, partition) => ({ partition, leader, leaderEpoch: 4 })),
    },
  ],
}

function readingOf(partition: number): Reading {
  const reading = new Reading('orders', id, partition, 5)
  reading.noteLeader(1, 4)
  return reading
}

/** What the reader does with an answer. */
function takeFetched({ partitions, ...answer }: FetchAnswer, version: number): void {
  const session = new FetchSession<Reading>(version)
  session.next([0, 1, 2].map(readingOf))
  try {
    session.goesOn(answer)
  } catch {
    return // An error that nobody knows ends the link.
  }
  for (const { topic, partition, diverging, aborted: ofAnswer, log: bytes, endOffset } of partitions) {
    const reading = session.find(topic, partition)?.place
    if (reading === undefined) continue
    if (diverging !== undefined) reading.goBack(diverging)
    const { last } = readFetchedLog(bytes, ofAnswer, endOffset)
    if (last?.damage === undefined && last !== undefined) reading.moveTo(last.lastOffset + 1, last.leaderEpoch)
    if (!(reading.position >= 0)) throw new Error(`reads on from ${reading.position}`)
  }
}

function takeMetadata(answer: MetadataAnswer): void {
  const table = new ReadingTable(
    () => 'end',
    () => undefined,
  )
  table.note(metadataAnswer)
  table.note(answer)
  if (!table.holds([])) throw new Error('none of no topics is missing')
  for (const names of [table.missing, table.notPermitted, table.unanswered]) if (names.length > 1000) throw new Error('too many')
}

const answers = [
  ...[4, 7, 11, 12, 13].map((version) => ({
    bytes: writeAnswer(fetchSide, fetchAnswerOf(version), version),
    take: (bytes: Buffer) => takeFetched(decodeAnswer(fetchQuestion, bytes, version), version),
  })),
  ...[4, 9, 12].map((version) => ({
    bytes: writeAnswer(metadataSide, metadataAnswer, version),
    take: (bytes: Buffer) => takeMetadata(decodeAnswer(metadataQuestion, bytes, version)),
  })),
  ...[2, 6].map((version) => ({
    bytes: writeAnswer(offsetsSide, [{ topic: 'orders', partition: 0, errorCode: 0, offset: 5 }], version),
    take: (bytes: Buffer) => void decodeAnswer(offsetsQuestion, bytes, version),
  })),
  {
    bytes: writeAnswer(versionsSide, { errorCode: 0, versions: { 1: { minVersion: 4, maxVersion: 17 } } }, 0),
    take: (bytes: Buffer) => void decodeAnswer(versionsQuestion, bytes, 0),
  },
]

const mutation = fc.record({
  at: fc.nat(1000),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
  length: fc.nat(8),
  kind: fc.constantFrom('set', 'cut', 'insert', 'end'),
})

function mutate(whole: Buffer, { at, byte, length, kind }: typeof mutation extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const place = at % (whole.length + 1)
  const before = whole.subarray(0, place)
  if (kind === 'end') return before
  const after = whole.subarray(kind === 'insert' ? place : Math.min(whole.length, place + length))
  return Buffer.concat([before, kind === 'cut' ? Buffer.alloc(0) : Buffer.alloc(length, byte), after])
}

test('an answer whose bytes are changed is read or refused, at once, and reading goes on from where it can', (t) => {
  fc.assert(
    fc.property(fc.nat(answers.length - 1), fc.array(mutation, { minLength: 1, maxLength: 5 }), (which, mutations) => {
      const { bytes, take } = answers[which]!
      const before = process.cpuUsage()
      try {
        take(Buffer.from(mutations.reduce(mutate, bytes)))
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      }
      const { user, system } = process.cpuUsage(before)
      if (user + system > 1000 * millisecondsMax) throw new Error(`took ${(user + system) / 1000} ms`)
    }),
    { numRuns: fuzzRuns(3000) },
  )
  t.end()
})
