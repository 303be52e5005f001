import { test } from 'tap'
import { systemClock } from '#clock.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'

void test('MemoryTopics replay a partition from an offset', (t) => {
  const topics = new MemoryTopics({ clock: systemClock })
  topics.create('orders', 1)
  for (const value of ['a', 'b', 'c']) topics.append('orders', { key: null, value: Buffer.from(value) })
  t.same(
    topics.read('orders', 0, 1).records.map(({ value }) => value?.toString()),
    ['b', 'c'],
  )
  t.same(topics.read('orders', 0, 3).records, [])
  t.throws(() => topics.read('orders', 1, 0), /no partition orders\/1/)
  t.throws(() => topics.append('parcels', { key: null, value: null }), /no topic parcels/)
  t.end()
})

void test('MemoryTopics spread records without a key over all partitions', (t) => {
  const topics = new MemoryTopics({ clock: systemClock })
  topics.create('orders', 3)
  const partitions = Array.from({ length: 6 }, () => topics.append('orders', { key: null, value: null }).partition)
  t.same(partitions, [0, 1, 2, 0, 1, 2])
  t.end()
})
