import { test } from 'tap'
import { Bell } from '#kafka/read/bell.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

/** How long the next rest takes, in milliseconds, and whether it was over by itself. */
async function restOf(bell: Bell, clock: SimulatedClock, ms: number) {
  const startMs = clock.monotonicMs()
  const resting = bell.rest(ms).then((isOver) => ({ isOver, tookMs: clock.monotonicMs() - startMs }))
  await clock.advance(ms)
  return await resting
}

test('a rest takes its time unless the bell rings', async (t) => {
  const clock = new SimulatedClock()
  const bell = new Bell(clock)
  t.same(await restOf(bell, clock, 500), { isOver: true, tookMs: 500 })
  clock.after(200, () => bell.ring())
  t.same(await restOf(bell, clock, 500), { isOver: false, tookMs: 200 })
})

test('a ring that nobody has heard ends the next rest, and only that', async (t) => {
  const clock = new SimulatedClock()
  const bell = new Bell(clock)
  bell.ring()
  bell.ring()
  t.same(await restOf(bell, clock, 500), { isOver: false, tookMs: 0 })
  t.same(await restOf(bell, clock, 500), { isOver: true, tookMs: 500 })
})
