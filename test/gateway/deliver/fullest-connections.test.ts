import { test } from 'tap'
import { fullestOf } from '#gateway/deliver/fullest-connections.js'
import { fc } from '../../support/running/seeded-properties.js'

test('those for whom most waits come first, as if all were sorted', async () => {
  const held = fc.array(fc.nat(20).map((heldBytes) => ({ heldBytes })))
  fc.assert(
    fc.property(held, fc.integer({ min: 1, max: 10 }), (connections, most) => {
      const sorted = [...connections].sort((one, other) => other.heldBytes - one.heldBytes).slice(0, most)
      const fullest = fullestOf(connections, most)
      return fullest.length === sorted.length && fullest.every((one, place) => one === sorted[place])
    }),
  )
})
