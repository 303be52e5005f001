import { test } from 'tap'
import { configsQuestion } from '#kafka/wire/configs-question.js'
import { fetchQuestion, topicIdsFrom, type FetchAnswer, type FetchAsked, type FetchedPlace } from '#kafka/wire/fetch-question.js'
import { metadataQuestion } from '#kafka/wire/metadata-question.js'
import { newest, offsetsQuestion, oldest } from '#kafka/wire/offsets-question.js'
import { decodeAnswer, encodeQuestion, type Question } from '#kafka/wire/question.js'
import { versionsQuestion } from '#kafka/wire/versions-question.js'
import { encodeBatch } from '../../support/kafka/record-batch.js'
import {
  configsSide,
  fetchSide,
  metadataSide,
  offsetsSide,
  readAsked,
  versionsSide,
  writeAnswer,
} from '../../support/kafka/wire-answers.js'
import { fc } from '../../support/running/seeded-properties.js'

const name = fc.string({ minLength: 1, maxLength: 300 })
const int32 = fc.integer({ min: 0 })
const offset = fc.maxSafeNat()
const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex').replace(/^0/, '1'))

function versionsOf({ versionMin, versionMax }: Question<never, unknown>): number[] {
  return Array.from({ length: versionMax - versionMin + 1 }, (_, index) => versionMin + index)
}

test('which versions a broker knows is asked in the first of all', (t) => {
  t.same(encodeQuestion(versionsQuestion, undefined, 0), Buffer.alloc(0))
  const answer = { errorCode: 0, versions: { 1: { minVersion: 4, maxVersion: 17 }, 3: { minVersion: 0, maxVersion: 13 } } }
  t.same(decodeAnswer(versionsQuestion, writeAnswer(versionsSide, answer, 0), 0), answer)
  t.end()
})

for (const version of versionsOf(metadataQuestion)) {
  test(`who leads which partition is asked and answered in version ${version}`, (t) => {
    const partition = fc.record({ partition: int32, leader: fc.integer({ min: -1 }), leaderEpoch: version >= 7 ? int32 : fc.constant(-1) })
    const topicId = version >= 10 ? id : fc.constant(undefined)
    const topics = fc.array(fc.record({ errorCode: fc.nat(100), topic: name, topicId, partitions: fc.array(partition) }), { maxLength: 20 })
    const brokers = fc.array(fc.record({ id: int32, host: name, port: fc.nat(65_535) }))
    fc.assert(
      fc.property(fc.array(name), fc.record({ brokers, topics }), (asked, answer) => {
        t.same(readAsked(metadataSide, encodeQuestion(metadataQuestion, asked, version), version), asked)
        t.same(decodeAnswer(metadataQuestion, writeAnswer(metadataSide, answer, version), version), answer)
      }),
      { numRuns: 30 },
    )
    // No list at all is all topics, and an empty one none.
    const [all, none] = [undefined, []].map((asked) => encodeQuestion(metadataQuestion, asked, version))
    t.same(version >= 9 ? [all![1], none![1]] : [all!.readInt32BE(), none!.readInt32BE()], version >= 9 ? [0, 1] : [-1, 0])
    t.end()
  })
}

for (const version of versionsOf(offsetsQuestion)) {
  test(`where logs begin and end is asked and answered in version ${version}`, (t) => {
    const topics = fc.array(fc.record({ topic: name, partitions: fc.array(int32, { minLength: 1 }) }), { minLength: 1 })
    const answers = fc.uniqueArray(fc.record({ topic: fc.constantFrom('a', 'b'), partition: int32, errorCode: fc.nat(100), offset }), {
      selector: ({ topic }) => topic,
    })
    fc.assert(
      fc.property(fc.record({ at: fc.constantFrom(oldest, newest), decidedOnly: fc.boolean(), topics }), answers, (asked, answer) => {
        t.same(readAsked(offsetsSide, encodeQuestion(offsetsQuestion, asked, version), version), asked)
        t.same(decodeAnswer(offsetsQuestion, writeAnswer(offsetsSide, answer, version), version), answer)
      }),
      { numRuns: 30 },
    )
    t.end()
  })
}

test('how topics are set is asked and answered', (t) => {
  const settings = fc.array(fc.tuple(name, name)).map((pairs) => new Map(pairs))
  const answers = fc.array(fc.record({ errorCode: fc.nat(100), topic: name, settings }))
  const asked = fc.record({ topics: fc.array(name, { minLength: 1 }), names: fc.array(name) })
  fc.assert(
    fc.property(asked, answers, (asked, answer) => {
      t.same(readAsked(configsSide, encodeQuestion(configsQuestion, asked, 1), 1), asked)
      t.same(decodeAnswer(configsQuestion, writeAnswer(configsSide, answer, 1), 1), answer)
    }),
    { numRuns: 30 },
  )
  t.end()
})

for (const version of versionsOf(fetchQuestion)) {
  test(`records are asked for and answered in version ${version}`, (t) => {
    const hasIds = version >= topicIdsFrom
    const known = (topic: string): Pick<FetchedPlace, 'topic' | 'topicId'> =>
      hasIds ? { topic: '', topicId: Buffer.from(topic.padEnd(16)).toString('hex') } : { topic, topicId: undefined }
    const leaderEpoch = version >= 9 ? int32 : fc.constant(-1)
    const lastEpoch = version >= 12 ? int32 : fc.constant(-1)
    const place = fc
      .record({ topic: fc.constantFrom('a', 'b'), partition: int32, position: offset, leaderEpoch, lastEpoch })
      .map(({ topic, ...rest }) => ({ ...rest, ...known(topic) }))
    const sorted = (places: FetchedPlace[]) => [...places].sort((a, b) => `${a.topic}${a.topicId}`.localeCompare(`${b.topic}${b.topicId}`))
    const session = version >= 7 ? int32 : fc.constant(0)
    const log = fc
      .array(offset, { maxLength: 3 })
      .map((offsets) => Buffer.concat(offsets.map((firstOffset) => encodeBatch({ firstOffset, values: ['a'] }))))
    const partition = fc.record({
      topic: fc.constant(hasIds ? 'ab'.repeat(16) : 'a'),
      partition: int32,
      errorCode: fc.nat(100),
      endOffset: offset,
      stableOffset: offset,
      diverging: version >= 12 ? fc.option(fc.record({ epoch: int32, endOffset: offset }), { nil: undefined }) : fc.constant(undefined),
      preferredReplica: version >= 11 ? fc.integer({ min: -1 }) : fc.constant(-1),
      aborted: fc.array(fc.record({ producerId: fc.nat().map(BigInt), firstOffset: offset })),
      log,
    })
    const answers = fc.record({
      throttleMs: int32,
      errorCode: version >= 7 ? fc.nat(100) : fc.constant(0),
      sessionId: session,
      partitions: fc.array(partition),
    })
    fc.assert(
      fc.property(fc.array(place), session, session, answers, (places, sessionId, sessionEpoch, answer: FetchAnswer) => {
        const asked: FetchAsked = {
          waitMs: 400,
          answerBytesMax: 5,
          partitionBytesMax: places.length ? 7 : 0,
          rack: version >= 11 ? 'a rack' : '',
          sessionId,
          sessionEpoch,
          places: sorted(places),
          forgotten: [],
        }
        const bytes = encodeQuestion(
          fetchQuestion,
          { ...asked, places: asked.places.map((one) => ({ ...one, topic: one.topic || one.topicId! })) },
          version,
        )
        t.same(readAsked(fetchSide, bytes, version), asked)
        t.same(decodeAnswer(fetchQuestion, writeAnswer(fetchSide, answer, version), version), answer)
      }),
      { numRuns: 30 },
    )
    t.end()
  })
}
