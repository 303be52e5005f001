import { test } from 'tap'
import { sustainedRate, type Sustaining } from '../../../bench/harness/sustained.js'
import { TrialFailure } from '../../../bench/harness/trial-failure.js'

const bounds = { least: 1_000, most: 1_000_000, seconds: 20, rounds: 3, suits: () => true }

test('finds the highest rate that is held, to some percent', async (t) => {
  for (const limit of [1_000, 1_700, 5_432, 90_000]) {
    const { held, tries } = await triesOf(bounds, (rate) => rate <= limit)
    const found = Math.max(...tries.filter(([rate, seconds]) => seconds < bounds.seconds && rate <= limit).map(([rate]) => rate))
    t.ok(found > limit / 1.13, `${found} of ${limit}`)
    t.ok(held!.rate <= limit && held!.rate > limit / 1.28, `${held!.rate} of ${limit}`)
    t.same(held!.measured, [held!.rate, held!.rate, held!.rate])
  }
})

test('searches in tries of a fifth of the time, and holds the next below for the whole of it', async (t) => {
  const { tries } = await triesOf({ ...bounds, most: 4_000 }, () => true)
  t.same(tries, [...[1_000, 2_000, 4_000].map((rate) => [rate, 4]), ...[3_520, 3_520, 3_520].map((rate) => [rate, 20])])
})

test('tries a rate once more before the search takes it for too much', async (t) => {
  const { held, tries } = await triesOf({ ...bounds, most: 4_000 }, (_rate, _seconds, nth) => nth !== 1 && nth !== 3)
  t.equal(held?.rate, 3_520)
  t.same(
    tries.slice(0, 5),
    [1_000, 1_000, 2_000, 2_000, 4_000].map((rate) => [rate, 4]),
  )
})

test('takes a failed trial for a rate that is not held, and any other error for an error', async (t) => {
  const held = await sustainedRate(bounds, async (rate) => {
    if (rate > 3_000) throw new TrialFailure('lost')
    return rate
  })
  t.ok(held!.rate <= 3_000 && held!.rate > 2_300)
  await t.rejects(
    sustainedRate(bounds, () => Promise.reject(new Error('a fault'))),
    { message: 'a fault' },
  )
})

test('finds nothing where not even the least is held, and stops at the most', async (t) => {
  t.equal(await sustainedRate(bounds, async () => undefined), undefined)
  t.equal((await sustainedRate({ ...bounds, most: 10_000 }, async () => 1))?.rate, 8_800)
  t.equal((await sustainedRate({ ...bounds, most: 500 }, async () => 1))?.rate, 500, 'the most comes first')
})

test('goes down to a rate that is held in most rounds, and keeps those of that rate alone', async (t) => {
  const notHeld = new Set([2, 4, 5, 7])
  const { held, tries } = await inRounds({ rounds: 5, least: 100 }, (nth) => {
    if (nth === 9) throw new TrialFailure('lost')
    return !notHeld.has(nth)
  })
  t.same(tries, [880, 880, 880, 880, 880, 774, 774, 774, 774, 774])
  t.same(held, { rate: 774, measured: [6, 8, 10] })
})

test('half of the rounds are not most, and one round must hold', async (t) => {
  const { held, tries } = await inRounds({ rounds: 4, least: 800 }, (nth) => nth % 2 === 0)
  t.same(held, undefined)
  t.same(tries, [880, 880, 880, 800, 800, 800, 800], 'the least comes last')
  t.same((await inRounds({ rounds: 1, least: 1_000 }, () => false)).held, undefined)
  t.same((await inRounds({ rounds: 1, least: 1_000 }, () => true)).held, { rate: 1_000, measured: [1] })
})

test('ends at the least also where a share of it is no whole number', async (t) => {
  const held = await sustainedRate({ ...bounds, least: 1, most: 4, rounds: 1 }, async (_rate, seconds) => (seconds < 20 ? 1 : undefined))
  t.equal(held, undefined)
})

test('goes down further where too few of all rounds suit, and keeps the other rounds of the rate as well', async (t) => {
  const suits = ({ rate, nth }: Tried) => nth === 1 || (rate < 774 && nth !== 7)
  const { held } = await inRounds({ rounds: 3, least: 100, suits }, (nth) => nth !== 5)
  t.same(held, { rate: 681, measured: [6, 7, 8] })
})

test('a rate of the search must suit as well, so that the rounds begin near the answer', async (t) => {
  const inRounds = new Set<number>()
  const held = await sustainedRate<number>({ ...bounds, suits: (rate) => rate <= 1_700 }, async (rate, seconds) => {
    if (seconds === bounds.seconds) inRounds.add(rate)
    return rate
  })
  t.ok(held!.rate <= 1_700 && held!.rate > 1_300)
  t.same([...inRounds], [held!.rate])
})

test('leaves a rate whose first two rounds were both bad', async (t) => {
  const { held, tries } = await inRounds({ rounds: 7, least: 700 }, (nth) => nth > 4)
  t.same(tries, [880, 880, 774, 774, ...Array.from({ length: 7 }, () => 700)])
  t.equal(held?.rate, 700)
})

interface Tried {
  readonly rate: number
  readonly nth: number
}

type Terms = Pick<Sustaining<Tried>, 'rounds' | 'least'> & Partial<Pick<Sustaining<Tried>, 'suits'>>

async function triesOf(terms: typeof bounds, isHeld: (rate: number, seconds: number, nth: number) => boolean) {
  const tries: [rate: number, seconds: number][] = []
  const held = await sustainedRate(terms, async (rate, seconds) => {
    tries.push([rate, seconds])
    return isHeld(rate, seconds, tries.length) ? rate : undefined
  })
  return { held, tries }
}

/** The rounds alone, which begin a step below 1,000: every short try holds that, and suits. `nth` counts the rounds, from 1. */
async function inRounds({ suits = () => true, ...terms }: Terms, isHeld: (nth: number) => boolean) {
  const tries: number[] = []
  const sustaining = { ...terms, most: 1_000, seconds: 20, suits: (tried: Tried) => tried.nth === 0 || suits(tried) }
  const held = await sustainedRate<Tried>(sustaining, async (rate, seconds) => {
    if (seconds < 20) return { rate, nth: 0 }
    tries.push(rate)
    return isHeld(tries.length) ? { rate, nth: tries.length } : undefined
  })
  return { tries, held: held && { ...held, measured: held.measured.map(({ nth }) => nth) } }
}
