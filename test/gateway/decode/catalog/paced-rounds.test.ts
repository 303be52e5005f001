import { test } from 'tap'
import { PacedRounds } from '#gateway/decode/catalog/paced-rounds.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

test('asks for each of all once a round, spread over it, whatever the clock is set to meanwhile', async (t) => {
  const clock = new SimulatedClock()
  const asked: number[] = []
  const all = Array.from({ length: 120 }, (_, index) => index)
  const rounds = new PacedRounds({
    clock,
    roundMs: 3000,
    all: () => all,
    ask: (portion) => {
      asked.push(...portion)
      return Promise.resolve()
    },
  })
  rounds.start()
  for (const jumpMs of [-3_600_000, 7_200_000, -45_000]) {
    clock.jump(jumpMs)
    all.push(all.length)
    rounds.grown()
    const before = asked.length
    await clock.advance(999)
    t.equal(asked.length, before, 'not before its time')
    await clock.advance(1)
    t.ok(asked.length > before, 'at its time')
  }
  t.same(new Set(asked), new Set(all))
  rounds.stop()
})
