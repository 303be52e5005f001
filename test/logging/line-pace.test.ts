import { test } from 'tap'
import { LinePace } from '#logging/line-pace.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

test('lets so many into the log each minute, and tells the first beyond them from the rest', async (t) => {
  const clock = new SimulatedClock()
  const pace = new LinePace(2, clock)
  const asked = () => Array.from({ length: 5 }, () => pace.next())
  t.same(asked(), ['log', 'log', 'last', 'skip', 'skip'])
  await clock.advance(60_000)
  t.same(asked(), ['log', 'log', 'last', 'skip', 'skip'])
})
