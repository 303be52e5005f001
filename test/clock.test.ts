import { getEventListeners } from 'node:events'
import { test } from 'tap'
import { pause, systemClock } from '#clock.js'
import { SimulatedClock } from './support/running/simulated-clock.js'

test('measures what has passed whatever the time is set to', (t) => {
  const real = Date.now
  t.teardown(() => (Date.now = real))
  const before = systemClock.monotonicMs()
  Date.now = () => real() - 86_400_000
  t.ok(systemClock.now() < real() - 86_000_000)
  const passedMs = systemClock.monotonicMs() - before
  t.ok(passedMs >= 0 && passedMs < 60_000, `${passedMs} ms`)
  t.end()
})

test('a pause lasts its time, or until it is stopped', async (t) => {
  const [clock, stop] = [new SimulatedClock(), new AbortController()]
  const passed: boolean[] = []
  void pause(clock, 10).then((whole) => passed.push(whole))
  void pause(clock, 10, stop.signal).then((whole) => passed.push(whole))
  void pause(clock, 1000, stop.signal).then((whole) => passed.push(whole))
  await clock.advance(9)
  t.same(passed, [])
  await clock.advance(1)
  t.same(passed, [true, true])
  stop.abort()
  t.equal(await pause(clock, 10, stop.signal), false)
  t.same(passed, [true, true, false])
  t.equal(getEventListeners(stop.signal, 'abort').length, 0, 'and leaves nothing behind')
})
