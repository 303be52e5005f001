import { test } from 'tap'
import { latencyBucketsMs, Meter } from '../../src/observe/meter.js'

test('counts a latency in the first bucket whose bound it does not exceed', async (t) => {
  const meter = new Meter()
  for (const ms of [1, 1.5, 2, 10_000, 10_001]) meter.observeLatency(ms)
  t.same(meter.latencyCounts, [1, 2, ...new Array<number>(latencyBucketsMs.length - 3).fill(0), 1, 1])
  t.equal(meter.latencySumMs, 1 + 1.5 + 2 + 10_000 + 10_001)
})

test('takes a record from the future for one of now', async (t) => {
  const meter = new Meter()
  meter.observeLatency(-30)
  t.equal(meter.latencyCounts[0], 1)
  t.equal(meter.latencySumMs, 0)
})

test('counts each key by itself', async (t) => {
  const counts = new Map<string, number>()
  for (const key of ['a', 'b', 'a']) Meter.count(counts, key)
  t.same(Object.fromEntries(counts), { a: 2, b: 1 })
})
