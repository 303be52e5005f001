import { test } from 'tap'
import { systemClock, type Clock } from '#clock.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { testPartitionSource } from '../../../support/kafka/partition-source.case.js'
import { SourceReader } from '../../../support/kafka/source-reader.js'

const buffer = (text: string | null) => (text === null ? null : Buffer.from(text))

testPartitionSource('MemorySource', false, () => {
  const source = new MemorySource({ clock: systemClock })
  let topics = 0
  return Promise.resolve({
    source,
    createTopic: () => {
      const topic = `orders-${topics++}`
      source.createTopic(topic, 3)
      return Promise.resolve(topic)
    },
    append: (topic, records) => {
      for (const { key, value } of records) source.append(topic, { key: buffer(key), value: buffer(value) })
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
  const source = new MemorySource({ clock })
  source.createTopic('orders', 1)
  await source.start(['orders'])
  const reader = new SourceReader(source)
  source.append('orders', { key: null, value: Buffer.alloc(400_000) })
  source.append('orders', { key: null, value: Buffer.alloc(400_000) })
  t.equal(reader.batches.length, 0)
  tick()
  t.equal(reader.batches.length, 1)
  tick()
  t.equal(reader.batches.length, 2)
  t.equal(reader.batches[0]?.records[0]?.timestampMs, 1_700_000_000_000)
})

void test('MemorySource reads a topic that is made after the start from its beginning', async (t) => {
  const { clock, tick } = heldClock()
  const source = new MemorySource({ clock })
  await source.start(['orders'])
  t.match(source.status(), { ready: true, reason: /orders/ })
  source.createTopic('orders', 2)
  source.createTopic('unwanted', 2)
  t.same(source.status(), { ready: true })
  source.append('orders', { key: null, value: Buffer.from('1'), timestampMs: 5 })
  const reader = new SourceReader(source)
  tick()
  t.same(reader.partitions, ['orders/0', 'orders/1'])
  t.same(reader.values(), ['1'])
  t.equal(reader.records[0]?.timestampMs, 5)
})

void test('MemorySource drops the oldest records of a partition beyond its limit, and keeps the numbers', async (t) => {
  const { clock, tick } = heldClock()
  const source = new MemorySource({ clock, partitionBytesMax: 100_000 })
  source.createTopic('orders', 1)
  await source.start(['orders'])
  for (let n = 0; n < 1000; n++) source.append('orders', { key: null, value: Buffer.from(`${n}`.padEnd(1000)) })
  const { records } = source.read('orders', 0, 0)
  t.ok(records[0]!.offset >= 1000 - 200_000 / 1000, `begins at ${records[0]?.offset}`)
  t.ok(records[0]!.offset < 1000 - 50, 'keeps what fits')
  t.equal(records[0]!.value?.toString().trim(), String(records[0]!.offset))
  const reader = new SourceReader(source)
  tick()
  t.equal(reader.records[0]?.offset, records[0]?.offset, 'reading goes on at the oldest record')
})

void test('MemorySource replays a partition from an offset', (t) => {
  const source = new MemorySource({ clock: systemClock })
  source.createTopic('orders', 1)
  for (const value of ['a', 'b', 'c']) source.append('orders', { key: null, value: Buffer.from(value) })
  t.same(
    source.read('orders', 0, 1).records.map(({ value }) => value?.toString()),
    ['b', 'c'],
  )
  t.same(source.read('orders', 0, 3).records, [])
  t.throws(() => source.read('orders', 1, 0), /no partition 1/)
  t.throws(() => source.append('parcels', { key: null, value: null }), /no topic parcels/)
  t.end()
})

void test('MemorySource spreads records without a key over all partitions', (t) => {
  const source = new MemorySource({ clock: systemClock })
  source.createTopic('orders', 3)
  const partitions = Array.from({ length: 6 }, () => source.append('orders', { key: null, value: null }).partition)
  t.same(partitions, [0, 1, 2, 0, 1, 2])
  t.end()
})
