import { test } from 'tap'
import { FigureRing } from '#console/operation/figure-ring.js'
import { Meter } from '#gateway/observe/meter.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

function ringed() {
  const [meter, clock] = [new Meter(), new SimulatedClock()]
  return { meter, clock, ring: new FigureRing(meter, clock) }
}

test('keeps a sample a second, and tells who asks those from a number on', async (t) => {
  const { meter, clock, ring } = ringed()
  for (let second = 1; second <= 3; second++) {
    meter.records = 10 * second
    await clock.advance(1000)
  }
  t.equal(ring.next, 4)
  t.same(ring.since(0)['records'], [0, 10, 20, 30])
  t.same(ring.since(2)['records'], [20, 30])
  t.same(ring.since(4)['records'], [])
  t.same(ring.since(5)['records'], [0, 10, 20, 30], 'those of a process before are none of these')
  const times = ring.since(0)['at_ms'] as number[]
  t.same(
    times.slice(1).map((at, index) => at - times[index]!),
    [1000, 1000, 1000],
  )
})

test('keeps ten minutes, and numbers go on', async (t) => {
  const { meter, clock, ring } = ringed()
  for (let second = 1; second <= 700; second++) {
    meter.framesSent = second
    await clock.advance(1000)
  }
  t.equal(ring.next, 701)
  const all = ring.since(0)['frames_sent']!
  t.same([all.length, all[0], all.at(-1)], [600, 101, 700])
  t.same(ring.since(699)['frames_sent'], [699, 700])
  t.same([ring.grown('frames_sent', 5), ring.grown('frames_sent', 10)], [300, 599])
  t.ok(Object.values(ring.since(0)).every((column) => column.length === 600))
})

test('says how long things took in each second, and nothing of one in which there was none', async (t) => {
  const { meter, clock, ring } = ringed()
  for (let n = 0; n < 98; n++) meter.types.of('order').deliveryLatency.observe(0.5)
  for (let n = 0; n < 2; n++) meter.types.of('order').deliveryLatency.observe(80)
  await clock.advance(1000)
  await clock.advance(1000)
  const [first, second, third] = ring.since(0)['delivery_p99_ms']!
  t.equal(first, null)
  t.ok(second! > 70 && second! <= 100)
  t.equal(third, null)
  t.ok(ring.since(0)['delivery_p50_ms']![1]! <= 1)
})

test('says what the slowest took in some minutes, and nothing where there was none', async (t) => {
  const { meter, clock, ring } = ringed()
  t.equal(ring.slowestMs('read', 5), undefined)
  for (let n = 0; n < 100; n++) meter.readLatency.observe(3000)
  for (let second = 0; second < 250; second++) await clock.advance(1000)
  t.ok(ring.slowestMs('read', 5)! > 2000)
  for (let n = 0; n < 100; n++) meter.readLatency.observe(1)
  for (let second = 0; second < 60; second++) await clock.advance(1000)
  t.ok(ring.slowestMs('read', 5)! <= 1, 'what was before is forgotten')
  t.equal(ring.slowestMs('delivery', 5), undefined)
})
