import { test } from 'tap'
import { systemClock, type Clock } from '#clock.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { testPartitionSource } from '../../../support/kafka/partition-source.case.js'
import { SourceReader } from '../../../support/kafka/source-reader.js'

const buffer = (text: string | null) => (text === null ? null : Buffer.from(text))

testPartitionSource('MemorySource', false, () => {
  const topics = new MemoryTopics({ clock: systemClock })
  let created = 0
  return Promise.resolve({
    source: new MemorySource(topics, systemClock),
    createTopic: () => {
      const topic = `orders-${created++}`
      topics.create(topic, 3)
      return Promise.resolve(topic)
    },
    makeAnew: (topic) => {
      topics.makeAnew(topic)
      return Promise.resolve()
    },
    append: (topic, records) => {
      for (const { key, value } of records) topics.append(topic, { key: buffer(key), value: buffer(value) })
      return Promise.resolve()
    },
  })
})

/** Time stands still; ticks pass one by one. */
function heldClock() {
  const ticks: (() => void)[] = []
  const still = { now: () => 1_700_000_000_000, after: () => () => undefined }
  const clock: Clock = { ...systemClock, ...still, nextTick: (call) => void ticks.push(call) }
  return { clock, tick: () => ticks.splice(0).forEach((call) => call()) }
}

void test('MemorySource hands on exactly one batch a tick, by the clock that it is given', async (t) => {
  const { clock, tick } = heldClock()
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  topics.create('orders', 1)
  await source.start(['orders'])
  const reader = new SourceReader(source)
  topics.append('orders', { key: null, value: Buffer.alloc(400_000) })
  topics.append('orders', { key: null, value: Buffer.alloc(400_000) })
  t.equal(reader.batches.length, 0)
  tick()
  t.equal(reader.batches.length, 1)
  tick()
  t.equal(reader.batches.length, 2)
  t.equal(reader.batches[0]?.records[0]?.timestampMs, 1_700_000_000_000)
})

void test('MemorySource reads a topic that is made after the start from its beginning', async (t) => {
  const { clock, tick } = heldClock()
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  await source.start(['orders'])
  t.match(source.status(), { ready: true, reason: /orders/ })
  topics.create('orders', 2)
  topics.create('unwanted', 2)
  t.same(source.status(), { ready: true })
  topics.append('orders', { key: null, value: Buffer.from('1'), timestampMs: 5 })
  const reader = new SourceReader(source)
  tick()
  t.same(reader.partitions, ['orders/0', 'orders/1'])
  t.same(reader.values(), ['1'])
  t.equal(reader.records[0]?.timestampMs, 5)
})

void test('MemorySource drops the oldest records of a partition beyond its limit, and keeps the numbers', async (t) => {
  const { clock, tick } = heldClock()
  const topics = new MemoryTopics({ clock, partitionBytesMax: 100_000 })
  const source = new MemorySource(topics, clock)
  topics.create('orders', 1)
  await source.start(['orders'])
  for (let n = 0; n < 1000; n++) topics.append('orders', { key: null, value: Buffer.from(`${n}`.padEnd(1000)) })
  const { records } = topics.read('orders', 0, 0)
  t.ok(records[0]!.offset >= 1000 - 200_000 / 1000, `begins at ${records[0]?.offset}`)
  t.ok(records[0]!.offset < 1000 - 50, 'keeps what fits')
  t.equal(records[0]!.value?.toString().trim(), String(records[0]!.offset))
  const reader = new SourceReader(source)
  tick()
  t.equal(reader.records[0]?.offset, records[0]?.offset, 'reading goes on at the oldest record')
  t.equal(reader.stories.get('orders/0')?.[0], 'break')
})

void test('MemorySource says where records were dropped unread, and has caught up with what is there still', async (t) => {
  const { clock, tick } = heldClock()
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  topics.create('orders', 1)
  for (let n = 0; n < 5; n++) topics.append('orders', { key: null, value: Buffer.from(`${n}`) })
  topics.dropBefore('orders', 0, 2)
  await source.start(['orders'], 'beginning')
  topics.dropBefore('orders', 0, 4)
  const reader = new SourceReader(source)
  tick()
  t.same(reader.stories.get('orders/0'), ['break', '4'])
  await Promise.resolve()
  t.same(reader.caughtUp, ['orders/0', 'orders/0 again'])
  topics.dropBefore('orders', 0, 5)
  tick()
  t.same(reader.stories.get('orders/0'), ['break', '4'], 'what was read is not missed')
})

void test('MemorySource reads what another one reads too, each from the end as of its own start and by its own turns', async (t) => {
  const { clock, tick } = heldClock()
  const topics = new MemoryTopics({ clock })
  topics.create('orders', 1)
  const write = (value: string) => topics.append('orders', { key: null, value: Buffer.from(value) })
  const [first, second] = [new MemorySource(topics, clock), new MemorySource(topics, clock)]
  await first.start(['orders'])
  write('1')
  await second.start(['orders'])
  const readers = [new SourceReader(first), new SourceReader(second)] as const
  readers[0].held.add('*')
  write('2')
  tick()
  write('3')
  tick()
  t.same(readers[0].values(), ['1', '2'], 'the first one has not released its batch')
  t.same(readers[1].values(), ['2', '3'])
  await first.stop()
  write('4')
  tick()
  t.same(readers[1].values(), ['2', '3', '4'])
})
