import { test } from 'tap'
import { heldInMostRounds, heldRate } from '../../../bench/harness/sustained.js'
import { TrialFailure } from '../../../bench/harness/trial-failure.js'

test('finds the highest rate that is held, to some percent', async (t) => {
  for (const limit of [1_000, 1_700, 5_432, 90_000]) {
    const rate = await heldRate(1_000, 1_000_000, async (tried) => (tried <= limit ? tried : undefined))
    t.ok(rate <= limit && rate > limit / 1.13, `${rate} of ${limit}`)
  }
})

test('takes a failed trial for a rate that is not held, and any other error for an error', async (t) => {
  const rate = await heldRate(1_000, 1_000_000, async (tried) => {
    if (tried > 3_000) throw new TrialFailure('lost')
    return tried
  })
  t.ok(rate <= 3_000 && rate > 2_600)
  await t.rejects(
    heldRate(1, 10, () => Promise.reject(new Error('a fault'))),
    { message: 'a fault' },
  )
})

test('says 0 where not even the first rate is held, and stops at the most', async (t) => {
  t.equal(await heldRate(1_000, 10_000, async () => undefined), 0)
  t.equal(await heldRate(1_000, 10_000, async (tried) => tried), 10_000)
})

test('goes down to a rate that is held in most rounds, and keeps those of that rate alone', async (t) => {
  const tries: number[] = []
  const held = await heldInMostRounds(1_000, 100, 5, async (tried) => {
    tries.push(tried)
    if ([1, 2, 4, 7].includes(tries.length)) return undefined
    if (tries.length === 6) throw new TrialFailure('lost')
    return tries.length
  })
  t.same(tries, [1_000, 1_000, 1_000, 1_000, 880, 880, 880, 880, 880])
  t.same(held, { rate: 880, measured: [5, 8, 9] })
})

test('half of the rounds are not most, and one round must hold', async (t) => {
  const tries: number[] = []
  const held = await heldInMostRounds(1_000, 870, 4, async (tried) => (tries.push(tried) % 2 === 1 ? undefined : tries.length))
  t.same(held, undefined)
  t.same(tries, [1_000, 1_000, 1_000, 880, 880, 880, 880])
  t.equal(await heldInMostRounds(1_000, 900, 1, async () => undefined), undefined)
  t.same(await heldInMostRounds(1_000, 900, 1, async () => 1), { rate: 1_000, measured: [1] })
})

test('goes down further where too few of all rounds suit, and keeps the other rounds of the rate as well', async (t) => {
  let tries = 0
  const held = await heldInMostRounds(
    1_000,
    100,
    3,
    async (tried) => (++tries === 5 ? undefined : { tried, tries }),
    ({ tried, tries }) => tries === 1 || (tried < 880 && tries !== 7),
  )
  t.same(held, {
    rate: 774,
    measured: [6, 7, 8].map((tries) => ({ tried: 774, tries })),
  })
})

test('ends at the least also where a share of it is no whole number', async (t) => {
  t.equal(await heldInMostRounds(4, 1, 1, async () => undefined), undefined)
})
