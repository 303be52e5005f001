import { test } from 'tap'
import { atText, figureTitle, valueText } from '../../../bench/report/figure-text.js'

test('reads names in camel case as words without their unit', async (t) => {
  const titles = {
    deliveriesPerCpuSecond: 'deliveries per CPU second',
    latencyP99Ms: 'latency p99',
    latencyP999Ms: 'latency p99.9',
    scheduleToBrokerP50Ms: 'schedule to broker p50',
    rssBytes: 'RSS',
    bytesPerConnection: 'bytes per connection',
    cpuUserCores: 'CPU user cores',
    cpuPerEventUs: 'CPU per event',
  }
  for (const [name, title] of Object.entries(titles)) t.equal(figureTitle(name), title)
})

test('writes values with three digits and the unit that people say', async (t) => {
  const texts: readonly (readonly [number, string, string])[] = [
    [1_423_456, '1/s', '1.42 M/s'],
    [143_210, '1/s', '143,210/s'],
    [0.48321, 'cores', '0.483 cores'],
    [2_900, 'B', '2.9 kB'],
    [250_000_000, 'B', '250 MB'],
    [12.6, 'ms', '12.6 ms'],
    [12_345.6, 'ms', '12,346 ms'],
    [0, 'ms', '0 ms'],
    [-7.1e-15, 'µs', '0 µs'],
    [NaN, 'ms', 'none'],
  ]
  for (const [value, unit, text] of texts) t.equal(valueText(value, unit), text)
})

test('reads coordinates as a list', async (t) => {
  t.equal(atText({ rate: 20_000, burst: 10, audiences: 'one each' }), 'rate 20,000, burst 10, audiences one each')
  t.equal(atText({}), '')
})
