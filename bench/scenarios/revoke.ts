import { sluice } from '../contenders/sluice.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import { allRetold } from '../harness/account-check.js'
import { TrialFailure } from '../harness/trial-failure.js'
import type { Load } from '../harness/measured.js'
import type { Trial } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { medianOf } from '../report/summary.js'
import { policyText } from '../workload/policy.js'
import { answered, goalOf, inRoundsOfSluice, medianAt, onceEach, pagesOf, setUpOf, withTrial } from './contest.js'
import type { Knobs } from './knobs.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How long after the policy file was written does a field still arrive that it hides, and when is the last page right?'

export const revoke: Scenario = {
  name: 'revoke',
  question,
  headline: false,
  defaults: { clients: 10_000, entities: 1, roles: 2, eventsPerSecond: 5, seconds: 1.5 },
  quick: { clients: 50, eventsPerSecond: 20, seconds: 1, warmUpSeconds: 0.3, rounds: 1, changes: 3 },
  run,
}

type Sightable = Pick<Trial['clients'], 'watchFor' | 'sighted'>

/** The same policy, but the region is hidden from all. */
const hiddenField = '"region":'
const strictPolicy = policyText.replaceAll('"tag:INTERNAL"', '"tag:INTERNAL","region"')

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  const all = await measureUnderLoad(bench, book)
  await inRoundsOfSluice(bench, () => measurePages(bench, book))
  const rows = book.result()
  const goals = answered([
    goalOf(`the last forbidden byte, p99 of ${all.length} changes`, p99Of(all), 'at most', 100, 'ms'),
    goalOf('until the last page is right', medianAt(rows, 'sluice', 'lastPageMs', { pages: bench.knobs.clients }), 'at most', 500, 'ms'),
  ])
  return { scenario: revoke.name, question, knobs: { ...bench.knobs }, rows, goals }
}

/** All watch one entity, of which events come meanwhile. Answers how long the last forbidden byte took after each change. */
async function measureUnderLoad(bench: BenchRun, book: RowBook): Promise<number[]> {
  const all: number[] = []
  // Either policy may have been in force when an event was sent; after the change, the clients look for the field themselves.
  const expectedData = undefined
  await inRoundsOfSluice(bench, () =>
    withTrial(
      bench,
      setUpOf(bench, sluice, () => [0], { expectedData }),
      async (trial) => {
        const ofRound: number[] = []
        for (let change = 0; change < bench.knobs.changes; change++) {
          if (change > 0) await trial.clients.toldAfter(() => trial.server.replacePolicy!(policyText), hiddenField)
          const ms = await lastForbiddenMs(bench, trial, all.length)
          bench.progress(`  the last forbidden byte after ${ms.toFixed(1)} ms`)
          for (const some of [ofRound, all]) some.push(ms)
        }
        book.add('sluice', { pages: 'one' }, { lastForbiddenByteP99Ms: lower(p99Of(ofRound), 'ms') })
      },
    ),
  )
  return all
}

/** Each has a page of its own, of which nothing comes but what a change of rights makes of it. */
async function measurePages(bench: BenchRun, book: RowBook): Promise<void> {
  const { clients, changes } = bench.knobs
  await withTrial(bench, pagesOf(bench, sluice, {}), async (trial) => {
    await trial.measure(onceEach(clients))
    const all: number[] = []
    for (let change = 0; change < changes; change++) {
      const [policy, shown] = change % 2 === 0 ? [strictPolicy, 0] : [policyText, clients]
      const { ms, sightings } = await trial.clients.toldAfter(() => trial.server.replacePolicy!(policy), hiddenField)
      if (sightings !== shown) throw new TrialFailure(`${sightings} of ${clients} pages show ${hiddenField}, and ${shown} were to`)
      all.push(ms)
    }
    const median = medianOf(all)
    bench.progress(`  the last page is right after ${median.toFixed(1)} ms`)
    book.add('sluice', { pages: clients }, { lastPageMs: lower(median, 'ms'), lastPageWorstMs: lower(Math.max(...all), 'ms') })
  })
}

/**
 * The one within which 99 % of them are: up to 99 changes, the slowest. A median would say little, as most changes fall between two events,
 * where nothing can be seen to arrive, and read 0. NaN of none.
 */
export function p99Of(changesMs: readonly number[]): number {
  return changesMs.toSorted((a, b) => a - b)[Math.ceil(0.99 * changesMs.length) - 1] ?? NaN
}

async function lastForbiddenMs({ knobs }: BenchRun, trial: Trial, nth: number): Promise<number> {
  const { eventsPerSecond, seconds } = knobs
  const load = { popularity: { kind: 'in-turn', entities: 1, run: 1 }, eventsPerSecond, burst: 1 } as const
  const measuring = trial.measure({ ...load, seconds }, allRetold)
  const change = () => trial.server.replacePolicy!(strictPolicy)
  const changing = trial.clients.shownAfter(hiddenField, change, changeAtMs(knobs, nth), seconds * 1000)
  const [ms] = await Promise.all([changing, measuring])
  await assertHidden(trial, { ...load, seconds: 0.5 })
  return ms
}

/**
 * Nothing can be seen to arrive between two events. Changes are spread over the time from one to the next: when each came 150 ms before
 * the next event, a gateway that took 100 ms longer still read as 0 ms.
 */
export function changeAtMs(
  { eventsPerSecond, seconds, rounds, changes }: Pick<Knobs, 'eventsPerSecond' | 'seconds' | 'rounds' | 'changes'>,
  nth: number,
): number {
  const [round, change] = [Math.floor(nth / changes), nth % changes]
  const phase = (change + round / rounds) / changes
  return seconds * 500 + (phase * 1000) / eventsPerSecond
}

/** However long it took, the field must be gone in the end. @throws TrialFailure */
export async function assertHidden(trial: Pick<Trial, 'measure'> & { readonly clients: Sightable }, load: Load): Promise<void> {
  await trial.clients.watchFor(hiddenField)
  await trial.measure(load)
  const { lastMs, byRole } = await trial.clients.sighted()
  if (lastMs > 0)
    throw new TrialFailure(`clients of ${[...byRole.keys()].join(' and ')} are still shown ${hiddenField} by a policy that hides it`)
}
