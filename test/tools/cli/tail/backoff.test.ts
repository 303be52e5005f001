import { fc } from '../../../support/running/seeded-properties.js'
import { test } from 'tap'
import { backoffMs } from '#tools/cli/tail/backoff.js'

test('doubles its ceiling with each failure, up to half a minute', async (t) => {
  const ceilings = [0, 1, 2, 5, 6, 2000].map((failures) => backoffMs(failures, () => 1))
  t.same(ceilings, [500, 1000, 2000, 16_000, 30_000, 30_000])
})

test('spreads the tries over the upper half of the ceiling', async () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (failures, random) => {
      const ceiling = backoffMs(failures, () => 1)
      return backoffMs(failures, () => random) === (ceiling / 2) * (1 + random)
    }),
  )
})
