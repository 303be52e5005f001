import { test } from 'tap'
import { latencyBoundsMs, LatencyHistogram, quantileMs } from '#gateway/observe/latency-histogram.js'
import { samplesOf } from '../../support/gateway/prometheus-text.js'

function samplesAfter(...observations: number[]): ReadonlyMap<string, number> {
  const histogram = new LatencyHistogram()
  for (const ms of observations) histogram.observe(ms)
  return samplesOf(['# TYPE taken_seconds histogram', ...histogram.samples('taken_seconds')].join('\n'))
}

test('writes buckets that count those before them too, in seconds, a bound with the bucket below it', async (t) => {
  const samples = samplesAfter(0, 1, 1.5, 100, 101, 10_000, 10_001, 60_000)
  const expected = { '0.001': 2, '0.002': 3, '0.07': 3, '0.1': 4, '0.2': 5, '5': 5, '10': 6, '+Inf': 8 }
  for (const [bound, count] of Object.entries(expected)) t.equal(samples.get(`taken_seconds_bucket{le="${bound}"}`), count, bound)
  t.equal(samples.get('taken_seconds_count'), 8)
  t.equal(samples.get('taken_seconds_sum'), 80.2045)
})

test('writes every bucket before anything has been measured', async (t) => {
  const samples = samplesAfter()
  t.equal(samples.get('taken_seconds_bucket{le="+Inf"}'), 0)
  t.equal(samples.size, latencyBoundsMs.length + 3)
})

test('takes a record from the future for one of now', async (t) => {
  const samples = samplesAfter(-30)
  t.equal(samples.get('taken_seconds_bucket{le="0.001"}'), 1)
  t.equal(samples.get('taken_seconds_sum'), 0)
})

test('says how long a share of them took, and nothing of none', async (t) => {
  const histogram = new LatencyHistogram()
  t.equal(quantileMs(histogram.bucketCounts(), 0.5), undefined)
  for (let n = 0; n < 99; n++) histogram.observe(15)
  histogram.observe(20_000)
  const counts = histogram.bucketCounts()
  const median = quantileMs(counts, 0.5)!
  t.ok(median > 10 && median <= 15)
  t.equal(quantileMs(counts, 0.99), 15)
  t.equal(quantileMs(counts, 1), 10_000, 'as much as is known')
})
