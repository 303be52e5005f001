import { test } from 'tap'
import { ReplayAllowance } from '#gateway/deliver/connection/replay-allowance.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

test('a client may have so many versions and bytes replayed in a second, and as many in the next', async (t) => {
  const clock = new SimulatedClock()
  const allowance = new ReplayAllowance(clock, 100)
  t.ok(allowance.take(10_000, 0))
  t.ok(allowance.take(0, 100))
  t.notOk(allowance.take(1, 0))
  t.notOk(allowance.take(0, 1))
  await clock.advance(999)
  t.notOk(allowance.take(0, 1))
  await clock.advance(1)
  t.ok(allowance.take(1, 100))
  t.notOk(allowance.take(0, 1))
})
