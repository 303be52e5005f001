import { test } from 'tap'
import { ConnectionCensus } from '#gateway/deliver/connection-census.js'
import { Meter } from '#gateway/observe/meter.js'
import { identity } from '../../support/gateway/connection-fixture.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

/** @param count of connections, each of which holds a byte more than the one before. */
function crowd(count: number) {
  const [clock, meter] = [new SimulatedClock(1_000_000), new Meter()]
  const all = Array.from({ length: count }, (_, n) => {
    return { heldBytes: n, isSlow: n % 10 === 0, identity: identity({ expiresAtMs: n % 4 === 0 ? 1_030_000 : 1_090_000 }) }
  })
  return { clock, meter, all, census: new ConnectionCensus(() => all, clock) }
}

test('counts slow clients, the most that waits for one, and tokens that end within a minute', async (t) => {
  const { meter, census } = crowd(100)
  await census.count(meter)
  t.same(meter.clients, { slow: 10, fullestBytes: 99, expiring: 25 })
})

test('a crowd is gone through in some ticks, and by one who asks for all who do', async (t) => {
  const { clock, meter, all, census } = crowd(12_000)
  let isDone = false as boolean
  const counted = Promise.all([census.count(meter), census.count(meter)]).then(() => (isDone = true))
  await Promise.resolve()
  t.notOk(isDone, 'it waits for a tick in between')
  await clock.settle()
  await counted
  t.same(meter.clients, { slow: 1200, fullestBytes: 11_999, expiring: 3000 })
  all.length = 10
  await census.count(meter)
  t.equal(meter.clients.slow, 1200, 'not again in the same second')
  await clock.advance(1000)
  await census.count(meter)
  t.same(meter.clients, { slow: 1, fullestBytes: 9, expiring: 3 })
})
