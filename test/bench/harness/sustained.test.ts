import { test } from 'tap'
import { heldRate } from '../../../bench/harness/sustained.js'
import { TrialFailure } from '../../../bench/harness/trial-failure.js'

test('finds the highest rate that is held, to some percent', async (t) => {
  for (const limit of [1_000, 1_700, 5_432, 90_000]) {
    const rate = await heldRate(1_000, 1_000_000, async (tried) => tried <= limit)
    t.ok(rate <= limit && rate > limit / 1.13, `${rate} of ${limit}`)
  }
})

test('takes a failed trial for a rate that is not held, and any other error for an error', async (t) => {
  const rate = await heldRate(1_000, 1_000_000, async (tried) => {
    if (tried > 3_000) throw new TrialFailure('lost')
    return true
  })
  t.ok(rate <= 3_000 && rate > 2_600)
  await t.rejects(
    heldRate(1, 10, () => Promise.reject(new Error('a fault'))),
    { message: 'a fault' },
  )
})

test('says 0 where not even the first rate is held, and stops at the most', async (t) => {
  t.equal(await heldRate(1_000, 10_000, async () => false), 0)
  t.equal(await heldRate(1_000, 10_000, async () => true), 10_000)
})
