import { test } from 'tap'
import { systemClock } from '#clock.js'

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
