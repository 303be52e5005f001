import { test, type Test } from 'tap'
import { Meter } from '#gateway/observe/meter.js'
import { KafkaPartitions } from '#gateway/source/kafka/kafka-partitions.js'
import { readFetchedLog } from '#kafka/fetched-log.js'
import { encodeBatch } from '../../../support/kafka/record-batch.js'
import { recordingLog, type LoggedLine } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

const lastOffsetOf = (batch: Buffer) => Number(batch.readBigInt64BE(0)) + batch.readInt32BE(23)

/** A broker's log of batches and who reads it; `sent` is what leaves the broker in the place of a batch. */
function setUp(t: Test, log: readonly Buffer[], sent = new Map<number, Buffer>(), answerBatchesMax = Infinity, fillBytesPerSecond = 0) {
  const clock = new SimulatedClock()
  const endOffset = Math.max(
    1000,
    log.reduce((end, batch) => Math.max(end, lastOffsetOf(batch) + 1), 0),
  )
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const resumed: number[] = []
  const skipped: string[] = []
  const own = { bufferBytesMax: 1_000_000, fillBytesPerSecond, skipped: (topic: string) => void skipped.push(topic) }
  const options = { clock, log: recordingLog(lines), meter, ...own }
  const partitions = new KafkaPartitions(options, (_, partition) => resumed.push(partition))
  const values: string[] = []
  partitions.partitions$.subscribe(({ batches$ }) =>
    batches$.subscribe(({ records, release }) => {
      values.push(...records.map(({ offset, value }) => `${value?.toString()}@${offset}`))
      release(0)
    }),
  )
  t.teardown(() => partitions.end())
  const positions = new Map<number, number>()
  const fetch = (partition = 0) => {
    const from = positions.get(partition) ?? 0
    if (!positions.has(partition)) partitions.begin('orders', partition, { position: 0, endOffset: fillBytesPerSecond > 0 ? 2 : endOffset })
    const start = log.findIndex((batch) => lastOffsetOf(batch) >= from)
    const answer = log.flatMap((batch, index) =>
      start === -1 || index < start || index >= start + answerBatchesMax ? [] : [sent.get(index) ?? batch],
    )
    const fetched = readFetchedLog(Buffer.concat(answer), [], endOffset)
    const taken = partitions.receive({ topic: 'orders', partition, position: from, log: fetched, endOffset })
    positions.set(partition, taken.position)
    return taken
  }
  return { clock, lines, meter, partitions, resumed, skipped, values, fetch }
}

const sound = (firstOffset: number, ...values: string[]) => encodeBatch({ firstOffset, values })
const damagedBatch = (firstOffset: number, ...values: string[]) => encodeBatch({ firstOffset, values, damaged: true })

test('fetches a damaged batch again after a pause, and loses and doubles nothing when it comes sound', async (t) => {
  const log = [sound(0, 'a'), damagedBatch(1, 'b', 'c'), sound(3, 'd')]
  const { clock, resumed, skipped, values, fetch, meter } = setUp(t, log)
  t.same(fetch(), { mayGoOn: false, position: 1 })
  await clock.advance(249)
  t.same(values, ['a@0'])
  t.same(resumed, [])
  log[1] = sound(1, 'b', 'c')
  await clock.advance(1)
  t.same(resumed, [0])
  t.same(fetch(), { mayGoOn: true, position: 4 })
  await clock.settle()
  t.same(values, ['a@0', 'b@1', 'c@2', 'd@3'])
  t.same([...meter.offsetsSkipped], [])
  t.same(skipped, [])
})

test('skips a batch that stays damaged, and holds up no other partition meanwhile', async (t) => {
  const { clock, skipped, values, fetch, meter, lines } = setUp(t, [sound(0, 'a'), damagedBatch(1, 'b', 'c'), sound(3, 'd')])
  for (let i = 0; i < 5; i++) {
    t.same(fetch(), { mayGoOn: false, position: 1 })
    await clock.advance(10_000)
  }
  t.same(skipped, [])
  t.same(fetch(), { mayGoOn: true, position: 3 })
  t.same(skipped, ['orders'])
  t.same(fetch(), { mayGoOn: true, position: 4 })
  await clock.settle()
  t.same(values, ['a@0', 'd@3'])
  t.same([...meter.offsetsSkipped], [['damaged_batch', 2]])
  t.same(
    lines.map(({ level }) => level),
    ['warn', 'error'],
  )
})

test('believes nothing that a damaged batch says of itself: with any byte changed on the way, nothing is lost or doubled', async (t) => {
  const log = [sound(0, 'a'), sound(1, 'b', 'c'), sound(3, 'd')]
  for (let at = 0; at < log[1]!.length; at++) {
    for (const change of [0x01, 0x20, 0x80, 0xff]) {
      const bad = Buffer.from(log[1]!)
      bad[at]! ^= change
      const sent = new Map([[1, bad]])
      const { clock, values, meter, fetch } = setUp(t, log, sent)
      fetch()
      await clock.settle()
      sent.clear()
      for (let i = 0; i < 2; i++) fetch()
      await clock.settle()
      if (values.join() !== 'a@0,b@1,c@2,d@3' || meter.offsetsSkipped.size > 0) t.fail(`byte ${at} ^ ${change}: ${values.join()}`)
    }
  }
  t.end()
})

test('counts all batches that cannot be read, and logs no more of them than a hundred a minute', async (t) => {
  const lying = Array.from({ length: 150 }, (_, firstOffset) => encodeBatch({ firstOffset, values: ['a'], count: 2 }))
  const { clock, skipped, values, fetch, meter, lines } = setUp(t, [...lying, sound(150, 'b')])
  fetch()
  await clock.settle()
  t.same(values, ['b@150'])
  t.same([...meter.offsetsSkipped], [['unreadable_batch', 150]])
  t.equal(lines.length, 101, 'the last says that there are more')
  t.equal(skipped.length, 150)
})

/** A batch of so many offsets, then what follows; the broker knows where the first ends, but what leaves it does not say so. */
function setUpLong(t: Test, offsets: number, following: readonly Buffer[]) {
  const first = encodeBatch({ firstOffset: 0, values: ['a'], lastOffsetDelta: offsets - 1, damaged: true })
  const sent = Buffer.from(first)
  sent.writeInt32BE(-1, 23)
  return setUp(t, [first, ...following], new Map([[0, sent]]), 1)
}

for (const [what, perBatch, fetchesMax] of [
  ['one long batch', 200, 14],
  ['many short ones', 1, 24],
] as const) {
  test(`passes a damaged batch of 1,000 offsets that does not say its end in few fetches, and nothing of ${what} behind it`, async (t) => {
    const behind = Array.from({ length: 200 / perBatch }, (_, i) => sound(1000 + i * perBatch, ...Array<string>(perBatch).fill('b')))
    const { clock, values, fetch, meter } = setUpLong(t, 1000, behind)
    for (let i = 0; i < 6; i++) {
      fetch()
      await clock.advance(10_000)
    }
    let fetches = 0
    for (; values.length === 0 && fetches < 100; fetches++) {
      fetch()
      await clock.settle()
    }
    t.ok(fetches <= fetchesMax, `${fetches} fetches`)
    for (let i = 1; i < behind.length; i++) fetch()
    await clock.advance(1000)
    t.same(
      values,
      Array.from({ length: 200 }, (_, i) => `b@${1000 + i}`),
    )
    t.same([...meter.offsetsSkipped], [['damaged_batch', 1000]])
  })
}

test('passes a damaged batch up to the end of the log and no further', async (t) => {
  const { clock, fetch, meter } = setUpLong(t, 1000, [])
  for (let i = 0; i < 30; i++) {
    fetch()
    await clock.advance(10_000)
  }
  t.same([...meter.offsetsSkipped], [['damaged_batch', 1000]])
  t.same(fetch(), { mayGoOn: true, position: 1000 })
})

test('a log that is read from its beginning waits for its pace, up to where it ended when that began, and no other does', async (t) => {
  const log = [sound(0, 'x'.repeat(1000)), sound(1, 'b'), sound(2, 'c')]
  const { clock, resumed, values, fetch } = setUp(t, log, undefined, 1, 500)
  t.same(fetch(), { mayGoOn: false, position: 1 })
  await clock.advance(2000)
  t.same(resumed, [], 'a batch has more bytes than its record')
  await clock.advance(400)
  t.same(resumed, [0])
  t.same(fetch(), { mayGoOn: false, position: 2 })
  await clock.advance(1000)
  t.same(resumed, [0, 0])
  t.same(fetch(), { mayGoOn: true, position: 3 }, 'what was written after the beginning')
  await clock.settle()
  t.equal(values.length, 3)
})

test('a log that is not filled from any more does not wait for the pace', async (t) => {
  const { clock, partitions, resumed, fetch } = setUp(t, [sound(0, 'x'.repeat(1000)), sound(1, 'b')], undefined, 1, 500)
  t.same(fetch(), { mayGoOn: false, position: 1 })
  partitions.clear('orders', 0)
  t.same(resumed, [0])
  await clock.advance(60_000)
  t.same(resumed, [0])
})
