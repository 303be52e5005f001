import { test } from 'tap'
import { figures, type Figure } from '#gateway/observe/figures.js'
import { Meter } from '#gateway/observe/meter.js'
import { MetricsPage } from '#gateway/observe/metrics/metrics-page.js'
import { samplesOf } from '../../support/gateway/prometheus-text.js'

/** A meter on which each figure has a number of its own. */
function busyMeter(): Meter {
  const meter = new Meter()
  let next = 1
  const all = meter as unknown as Record<string, unknown>
  for (const [name, value] of Object.entries(all)) if (typeof value === 'number') all[name] = next++
  Meter.count(meter.badRecords, 'not_avro', 70)
  Meter.count(meter.badRecords, 'truncated', 7)
  Meter.count(meter.offsetsSkipped, 'retention', 71)
  Meter.count(meter.judgingFaults, 'mask', 72)
  Meter.count(meter.tokensRefused, 'expired', 73)
  Meter.count(meter.connectionsClosed, 'too_slow', 74)
  Meter.count(meter.connectionsClosed, 'client', 75)
  Meter.count(meter.upgradesRefused, 'too_many_connections', 82)
  meter.eventLoop = { utilization: () => 0.5, longestMs: () => 0 }
  meter.lag.set('order/0', () => 76)
  meter.lag.set('order/1', () => 1)
  meter.fills = new Map([['order', { progress: { read: 3, of: 81 } }]])
  meter.logLinesLost = () => 79
  for (const [name, isUp] of [
    ['kafka', true],
    ['registry', false],
    ['keys', true],
    ['control', true],
  ] as const)
    meter.dependencies.set(name, { isUp: () => isUp, ageMs: () => 0 })
  return meter
}

test('each figure says what its metrics say, added up', async (t) => {
  const meter = busyMeter()
  const samples = samplesOf(await new MetricsPage(meter).text())
  for (const [name, { metric, read }] of Object.entries<Figure>(figures)) {
    const [, family, label] = /^(\w+)(?:\{(.*)\})?$/.exec(metric)!
    const meant = [...samples].filter(([key]) => key.split('{')[0] === family && (label === undefined || key.includes(label)))
    t.ok(meant.length > 0, `${name}: ${metric}`)
    t.equal(
      read(meter),
      meant.reduce((sum, [, number]) => sum + number, 0),
      name,
    )
  }
})

test('what a process does not depend on does not fail it', async (t) => {
  for (const name of ['kafka_up', 'registry_up', 'keys_up', 'control_up'] as const) t.equal(figures[name].read(new Meter()), 1, name)
})
