import { test } from 'tap'
import { higher, lower } from '../../../bench/harness/readings.js'
import type { Measured } from '../../../bench/harness/measured.js'
import { RowBook } from '../../../bench/harness/row-book.js'

test('gathers the rounds of each contender and place, without what is no figure', async (t) => {
  const book = new RowBook()
  book.add('sluice', { rate: 1 }, { cpuCores: lower(0.5, 'cores'), deliveries: higher(Infinity, '1/s') })
  book.add('sluice', { rate: 1 }, { cpuCores: lower(0.7, 'cores'), deliveries: higher(10, '1/s') })
  book.add('sluice', { rate: 2 }, { cpuCores: lower(0.9, 'cores') })
  t.match(book.result(), [
    { contender: 'sluice', at: { rate: 1 }, figures: { cpuCores: { unit: 'cores', rounds: [0.5, 0.7] }, deliveries: { rounds: [10] } } },
    { at: { rate: 2 }, figures: { cpuCores: { rounds: [0.9] } } },
  ])
})

/** Of half seconds with these p99s. */
function measuredOf(...latencies: readonly number[]): Measured {
  const [p50, p90, p99, p999, max] = [1, 1, 1, 1, 1]
  const stages = { leftMs: 1, acknowledgedMs: 2, readMs: 3, writeMs: 4, standstills: new Map() }
  return {
    ...{ events: 1, deliveries: 1, bytes: 1, seconds: 1, rssBytes: 1, cpu: { user: 1, system: 1 } },
    counts: { frames: 1, writes: 1, encoded: 1 },
    latency: { p50, p90, p99, p999, max, halfSecondP99s: latencies },
    fed: {
      events: 1,
      counts: new Float64Array(),
      sums: new Float64Array(),
      lateP99Ms: 0,
      acknowledgedP99Ms: 0,
      late: [],
      acknowledged: [],
      standstills: [],
    },
    timeline: latencies.map((latencyMs, nth) => ({ seconds: nth / 2, latencyMs, ...stages })),
  }
}

test('keeps the worst half second of each round, and says of a row how many rounds stalled and what was seen of the worst', async (t) => {
  const book = new RowBook()
  book.addMeasured('sluice', { rate: 1 }, measuredOf(20, 90, 20))
  book.addMeasured('sluice', { rate: 1 }, measuredOf(20, 20, 300))
  book.addMeasured('sluice', { rate: 1 }, measuredOf(20, 25, 20))
  book.addMeasured('sluice', { rate: 2 }, measuredOf(20, 120, 20))
  t.same(book.result()[0]?.figures['latencyWorstHalfSecondMs']?.rounds, [90, 300, 25])
  const { notes, series } = book.stalls()
  t.equal(notes?.length, 2)
  t.match(notes?.[0], /^sluice at rate 1 stalled in 2 of 3 rounds; in the worst, the half second from 1 s on had a p99 of 300 ms/)
  t.match(notes?.[1], /^sluice at rate 2 stalled in 1 of 1 rounds/)
  t.same(series?.find(({ name }) => name === 'halfSecondP99Ms')?.points, [
    [0, 20],
    [0.5, 20],
    [1, 300],
  ])
})

test('says nothing of stalls where none was', async (t) => {
  const book = new RowBook()
  book.addMeasured('sluice', { rate: 1 }, measuredOf(20, 25, 20))
  t.same(book.stalls(), {})
})
