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
    'bad_records: Records that could not be read and were skipped, in the last five minutes: 1,234.',
    'lag_rises: More records wait in Kafka than five minutes ago, by 10,000.',
  ])
  meter.lag.set('order/1', () => 1)
  await clock.advance(1000)
  t.ok(notWell().includes('lag: Records that wait in Kafka: 10,001.'))
  for (let second = 0; second < 301; second++) await clock.advance(1000)
  t.notOk(
    notWell().some((one) => one.startsWith('bad_records')),
    'what is over is over',
  )
})

test('what is a share of something is told in percent, and where there is nothing to measure nothing is said', async (t) => {
  const [meter, clock] = [new Meter(), new SimulatedClock()]
  meter.isReady = () => true
  const ring = new FigureRing(meter, clock)
  const told = async () => {
    await clock.advance(1000)
    return pipelineAnswer(ring, meter, 0).not_well.map(({ name, sentence }) => `${name}: ${sentence}`)
  }
  Object.assign(meter, { connections: 90, connectionsMax: 100 })
  t.same(await told(), [], 'no more than nine in ten')
  meter.connections = 95
  meter.eventLoop = { utilization: () => 0.9, longestMs: () => 0 }
  Meter.count(meter.connectionsClosed, 'too_slow', 1)
  Meter.count(meter.upgradesRefused, 'too_many_connections', 3)
  t.same(await told(), [
    'event_loop_busy: The process is busy for 90 % of its time.',
    'connections_near_limit: Of the connections that this node may have, 95 % are open.',
    'refused_for_room: Clients that were refused as there are too many, in the last five minutes: 3.',
    'too_slow: Clients were closed in the last ten minutes as they read too slowly: 1.1 % of as many as are connected.',
  ])
})

test('late deliveries are those of this node only while what it reads is in time', async (t) => {
  const [meter, clock] = [new Meter(), new SimulatedClock()]
  meter.isReady = () => true
  const ring = new FigureRing(meter, clock)
  for (let n = 0; n < 100; n++) meter.types.of('order').deliveryLatency.observe(1500)
  await clock.advance(1000)
  t.same(pipelineAnswer(ring, meter, 0).not_well, [], 'nothing was read')
  for (let n = 0; n < 1000; n++) meter.readLatency.observe(3)
  await clock.advance(1000)
  t.match(
    pipelineAnswer(ring, meter, 0).not_well.map(({ sentence }) => sentence),
    [/sent late: one in a hundred is sent 2 s after/],
  )
  for (let n = 0; n < 1000; n++) meter.readLatency.observe(1500)
  await clock.advance(1000)
  t.same(pipelineAnswer(ring, meter, 0).not_well, [], 'what is read late is sent late')
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
