import { test, type Test } from 'tap'
import type { KafkaBrokers } from '#kafka/kafka-brokers.js'
import { KafkaPulse } from '#kafka/kafka-pulse.js'
import { BrokerLoop, type BrokerLoopOptions } from '#kafka/read/broker-loop.js'
import type { Fetched } from '#kafka/read/broker-readings.js'
import { Reading } from '#kafka/read/reading.js'
import { fetchQuestion, type FetchAnswer, type FetchAsked, type PartitionAnswer } from '#kafka/wire/fetch-question.js'
import { encodeBatch } from '../../support/kafka/record-batch.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

const id = 'ab'.repeat(16)

function readingAt(position: number, partition = 0): Reading {
  const reading = new Reading('orders', id, partition, position)
  reading.noteLeader(1, 4)
  return reading
}

function answerOf(...partitions: Partial<PartitionAnswer>[]): FetchAnswer {
  const nothing = {
    topic: id,
    partition: 0,
    errorCode: 0,
    endOffset: 100,
    stableOffset: 100,
    diverging: undefined,
    preferredReplica: -1,
    aborted: [],
  }
  return { throttleMs: 0, errorCode: 0, sessionId: 7, partitions: partitions.map((one) => ({ ...nothing, log: Buffer.alloc(0), ...one })) }
}

const batchAt = (firstOffset: number, ...values: string[]) => encodeBatch({ firstOffset, leaderEpoch: 4, values })

/** A loop on a link whose answers come when the test says so. */
async function looping(t: Test, readings: readonly Reading[], options: Partial<BrokerLoopOptions> = {}) {
  const clock = new SimulatedClock()
  /** The positions of each fetch. */
  const asked: number[][] = []
  const received: Fetched[] = []
  const refused: Reading[] = []
  let answerNow: (answer: FetchAnswer) => void = () => undefined
  const ask = (_question: unknown, { places }: FetchAsked) => (
    asked.push(places.map(({ position }) => position)),
    new Promise<FetchAnswer>((resolve) => (answerNow = resolve))
  )
  const link = { ask, versionOf: () => fetchQuestion.versionMax, close: () => undefined }
  const loop = new BrokerLoop(1, {
    clock,
    brokers: { open: () => Promise.resolve(link) } as unknown as KafkaBrokers,
    pulse: new KafkaPulse(clock),
    rack: '',
    partitionBytesMax: () => 1000,
    receive: (fetched) => {
      received.push(fetched)
      return { position: fetched.log.last === undefined ? fetched.position : fetched.log.last.lastOffset + 1, mayGoOn: true }
    },
    wentBack: () => undefined,
    passed: () => undefined,
    moved: () => undefined,
    refused: (reading) => refused.push(reading),
    lost: () => undefined,
    ...options,
  })
  t.teardown(() => loop.stop())
  loop.assign(new Set(readings))
  void loop.run()
  await clock.settle()
  /** The next answer, and the pause behind it. */
  const answer = async (...partitions: Partial<PartitionAnswer>[]) => {
    answerNow(answerOf(...partitions))
    await clock.settle()
    await clock.advance(100)
  }
  return { clock, loop, asked, received, refused, answer, answerWith: (whole: FetchAnswer) => answerNow(whole) }
}

test('an answer for a partition that was read elsewhere meanwhile is not taken', async (t) => {
  const reading = readingAt(5)
  const { received, answer, asked } = await looping(t, [reading])
  reading.moveTo(7, 4)
  await answer({ log: batchAt(5, 'a', 'b') })
  t.same(received, [], 'its records were read already')
  await answer({ log: batchAt(7, 'c') })
  t.match(received, [{ position: 7 }])
  t.same(asked, [[5], [7], [8]])
})

test('a partition that had records is asked for last, as a broker without a session begins with the first', async (t) => {
  const { clock, asked, answerWith } = await looping(t, [readingAt(5), readingAt(50, 1)])
  answerWith({ ...answerOf({ log: batchAt(5, 'a') }), sessionId: 0 })
  await clock.settle()
  await clock.advance(100)
  t.same(asked, [
    [5, 50],
    [50, 6],
  ])
})

test('an answer for a partition that has left meanwhile, or was not asked, is not taken', async (t) => {
  const [stays, leaves] = [readingAt(5), readingAt(5, 1)]
  const { received, answer, loop } = await looping(t, [stays, leaves])
  loop.assign(new Set([stays]))
  await answer(
    { partition: 1, log: batchAt(5, 'a') },
    { partition: 2, log: batchAt(5, 'b') },
    { topic: 'cd'.repeat(16), log: batchAt(5, 'c') },
  )
  t.same(received, [])
  t.equal(leaves.position, 5)
})

test('a partition that stands twice in an answer is taken once', async (t) => {
  const reading = readingAt(5)
  const { received, answer } = await looping(t, [reading])
  await answer({ log: batchAt(5, 'a') }, { log: batchAt(5, 'a') })
  t.equal(received.length, 1)
  t.equal(reading.position, 6)
})

test('an error that nobody knows makes the partition wait for who answers for it, and nothing else', async (t) => {
  const [first, second] = [readingAt(5), readingAt(5, 1)]
  const { received, refused, answer } = await looping(t, [first, second])
  await answer({ errorCode: 31_000 }, { partition: 1, log: batchAt(5, 'a') })
  t.same(refused, [first])
  t.match(received, [{ partition: 1 }])
})

test('a broker that asks for a long rest is not waited for longer than a minute', async (t) => {
  const { clock, asked, answerWith } = await looping(t, [readingAt(5)])
  answerWith({ ...answerOf(), throttleMs: 0x7fff_ffff })
  await clock.settle()
  await clock.advance(59_000)
  t.equal(asked.length, 1)
  await clock.advance(1_000)
  t.equal(asked.length, 2)
})

test('a broker that forgets the session in each answer is asked at the pace of any other', async (t) => {
  const { clock, asked, answerWith } = await looping(t, [readingAt(5)])
  for (let n = 0; n < 5; n++) {
    answerWith({ ...answerOf(), errorCode: 70 })
    await clock.settle()
  }
  t.equal(asked.length, 1)
  await clock.advance(100)
  t.equal(asked.length, 2)
})
