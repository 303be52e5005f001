import { test } from 'tap'
import { EventLoop } from '#gateway/observe/event-loop.js'
import { systemClock } from '#clock.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'
import { until } from '../../support/running/until.js'

/** Keeps all timers of the process waiting. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

test('says how long the loop was kept from its timers, for a minute', async (t) => {
  const clock = new SimulatedClock()
  const loop = new EventLoop(clock)
  t.teardown(() => loop.stop())
  await until(() => loop.longestMs() === 0)
  // The first timer is not set before the loop turns.
  await until(() => {
    block(300)
    return loop.longestMs() >= 150
  })
  await clock.advance(1000)
  t.ok(loop.longestMs() >= 150, 'also when it was looked at')
  for (let second = 0; second < 60; second++) await clock.advance(1000)
  t.ok(loop.longestMs() < 150, 'what was a minute ago is forgotten')
})

test('says how busy it was in the last seconds', async (t) => {
  const clock = new SimulatedClock()
  const loop = new EventLoop(clock)
  t.teardown(() => loop.stop())
  await until(() => {
    block(100)
    return loop.utilization() > 0.5
  })
  for (let second = 0; second < 11; second++) await clock.advance(1000)
  await new Promise<void>((resolve) => void systemClock.after(100, resolve))
  t.ok(loop.utilization() < 0.5, 'what was before is forgotten')
})
