import { test } from 'tap'
import { latencyText } from '../../src/observe/latency-text.js'
import { Meter } from '../../src/observe/meter.js'
import { samplesOf } from '../support/prometheus-text.js'

const name = 'sluice_delivery_latency_seconds'

test('writes buckets that count those before them too, in seconds', async (t) => {
  const meter = new Meter()
  for (const ms of [0, 1, 1.5, 100, 101, 10_000, 10_001, 60_000]) meter.observeLatency(ms)
  const samples = samplesOf(latencyText(meter))
  const expected = { '0.001': 2, '0.002': 3, '0.05': 3, '0.1': 4, '0.2': 5, '5': 5, '10': 6, '+Inf': 8 }
  for (const [bound, count] of Object.entries(expected)) t.equal(samples.get(`${name}_bucket{le="${bound}"}`), count, bound)
  t.equal(samples.get(`${name}_count`), 8)
  t.equal(samples.get(`${name}_sum`), 80.2045)
})

test('writes every bucket before anything has been measured', async (t) => {
  const samples = samplesOf(latencyText(new Meter()))
  t.equal(samples.get(`${name}_bucket{le="+Inf"}`), 0)
  t.equal(samples.size, 16)
})
