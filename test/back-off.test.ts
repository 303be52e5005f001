import { fc } from './support/running/seeded-properties.js'
import { test } from 'tap'
import { backOffMs, spreadBackOffMs } from '#back-off.js'

const backOff = { firstMs: 500, maxMs: 30_000 }

test('doubles with each failure, up to its limit', async (t) => {
  t.same(
    [0, 1, 2, 5, 6, 2000].map((failures) => backOffMs(backOff, failures)),
    [500, 1000, 2000, 16_000, 30_000, 30_000],
  )
})

test('spreads the tries over the upper half', async () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (failures, random) => {
      const waitMs = backOffMs(backOff, failures)
      return spreadBackOffMs(backOff, failures, () => random) === (waitMs / 2) * (1 + random)
    }),
  )
})
