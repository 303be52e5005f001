import { test } from 'tap'
import { assertHidden, changeAtMs, p99Of } from '../../../bench/scenarios/revoke.js'

const load = { popularity: { kind: 'in-turn', entities: 1, run: 1 }, eventsPerSecond: 5, burst: 1, seconds: 1 } as const

function trialThatShows(lastMs: number) {
  const clients = {
    watchFor: () => Promise.resolve(),
    sighted: () => Promise.resolve({ lastMs, byRole: new Map(lastMs > 0 ? [['public', 3]] : []) }),
  }
  return { clients, measure: () => Promise.resolve({} as never) }
}

test('spreads the changes over the time from one event to the next, so that none of it is passed over', async (t) => {
  const knobs = { eventsPerSecond: 5, seconds: 2, rounds: 5, changes: 4 }
  const times = Array.from({ length: 20 }, (_none, nth) => changeAtMs(knobs, nth))
  t.same(
    times.sort((a, b) => a - b).map((ms) => Math.round(ms)),
    Array.from({ length: 20 }, (_none, nth) => 1000 + nth * 10),
  )
})

test('takes the time within which 99 % of the changes were over, and the slowest where there are fewer than a hundred', async (t) => {
  const changes = Array.from({ length: 200 }, (_none, nth) => 200 - nth)
  t.equal(p99Of(changes), 198)
  t.equal(p99Of([0, 0, 80, 0]), 80)
})

test('fails where a field is still shown after the policy that hides it', async (t) => {
  await t.rejects(assertHidden(trialThatShows(5), load), { name: 'TrialFailure', message: /public are still shown "region":/ })
  await t.resolves(assertHidden(trialThatShows(0), load))
})
