import { test } from 'tap'
import { FigureRing } from '#console/operation/figure-ring.js'
import { pipelineAnswer } from '#console/operation/pipeline.js'
import { Meter } from '#gateway/observe/meter.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

test('nothing is said of a gateway that is well, and what is not well is said with what to do', async (t) => {
  const [meter, clock] = [new Meter(), new SimulatedClock()]
  meter.isReady = () => true
  const ring = new FigureRing(meter, clock)
  const notWell = () => pipelineAnswer(ring, meter, 0).not_well.map(({ name, sentence }) => `${name}: ${sentence}`)
  t.same(notWell(), [])
  meter.isReady = () => false
  meter.dependencies.set('kafka', { isUp: () => false, ageMs: () => undefined })
  Meter.count(meter.badRecords, 'not_avro', 1_200)
  Meter.count(meter.badRecords, 'truncated', 34)
  meter.lag.set('order/0', () => 10_000)
  await clock.advance(1000)
  t.same(notWell(), [
    'not_ready: The node is not ready: it lets no clients in.',
    'kafka_down: Kafka does not answer.',
    'bad_records: Records that could not be read and were skipped, in the last minute: 1,234.',
  ])
  meter.lag.set('order/1', () => 1)
  await clock.advance(1000)
  t.ok(notWell().includes('lag: Records that wait in Kafka: 10,001.'))
  for (let second = 0; second < 61; second++) await clock.advance(1000)
  t.notOk(
    notWell().some((one) => one.startsWith('bad_records')),
    'what is over is over',
  )
})

test('lag is told by topic and partition', async (t) => {
  const meter = new Meter()
  meter.lag.set('order/0', () => 3)
  meter.lag.set('order/1', () => 0)
  meter.lag.set('customer/0', () => 7)
  const { lag } = pipelineAnswer(new FigureRing(meter, new SimulatedClock()), meter, 0)
  t.same(lag, [
    { topic: 'order', partitions: { 0: 3, 1: 0 } },
    { topic: 'customer', partitions: { 0: 7 } },
  ])
})
