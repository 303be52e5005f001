import { test } from 'tap'
import { FillPace } from '#gateway/source/kafka/fill-pace.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

test('partitions that are filled at a time share the pace, and what was not used of it is not saved up', async (t) => {
  const clock = new SimulatedClock()
  const pace = new FillPace(clock, 1000)
  t.same(
    [500, 1000, 500].map((bytes) => pace.waitMs(bytes)),
    [500, 1500, 2000],
  )
  await clock.advance(1000)
  t.equal(pace.waitMs(1000), 2000)
  await clock.advance(60_000)
  t.equal(pace.waitMs(1000), 1000)
})

test('nothing waits without a limit', (t) => {
  t.equal(new FillPace(new SimulatedClock(), 0).waitMs(1e12), 0)
  t.end()
})
