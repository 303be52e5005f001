import { test } from 'tap'
import type { HalfSecond } from '../../../bench/timeline/half-seconds.js'
import { stallOf, stallText, timelineSeries } from '../../../bench/timeline/stall.js'

function halfSeconds(...latencies: readonly number[]): HalfSecond[] {
  return latencies.map((latencyMs, nth) => ({
    ...{ seconds: nth / 2, latencyMs, leftMs: 3, acknowledgedMs: 12.4, readMs: 31, writeMs: undefined },
    standstills: new Map([
      ['clients: event loop', 8],
      ['server: scavenge', 73.2],
    ]),
  }))
}

test('takes for a stall what is far beyond the usual half second, and long', async (t) => {
  t.equal(stallOf(halfSeconds(20, 21, 49)), undefined, 'not long')
  t.equal(stallOf(halfSeconds(80, 80, 120)), undefined, 'not far beyond')
  t.equal(stallOf([]), undefined, 'nothing was measured')
  t.match(stallOf(halfSeconds(20, 130, 214, 24, 20)), { worst: { seconds: 1, latencyMs: 214 }, usualMs: 24 })
})

test('says what was seen of it, the longest first, and leaves out what nobody has counted', async (t) => {
  t.equal(
    stallText(stallOf(halfSeconds(24, 24, 214))!),
    'the half second from 1 s on had a p99 of 214 ms, the median one 24 ms. Its events left 3 ms late, stood in Kafka 12 ms after they were due, ' +
      'were read within 31 ms (p99s); what stood still: server: scavenge 73 ms, clients: event loop 8 ms',
  )
})

test('says where no process stood still', async (t) => {
  const still = halfSeconds(24, 24, 214).map((one) => ({ ...one, standstills: new Map<string, number>() }))
  t.match(stallText(stallOf(still)!), /no process stood still$/)
})

test('makes a series of each stage that was counted', async (t) => {
  const series = timelineSeries('sluice', halfSeconds(24, 30))
  t.same(series.find(({ name }) => name === 'halfSecondP99Ms')?.points, [
    [0, 24],
    [0.5, 30],
  ])
  t.same(series.find(({ name }) => name === 'writeP99Ms')?.points, [])
})
