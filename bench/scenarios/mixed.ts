import { ceiling } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { indexOf, scattered, zipfOf } from '../workload/popularity.js'
import { inRounds, inShort, measureWarm, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a delivery cost when few entities are watched by many and most by few?'

export const mixed: Scenario = {
  name: 'mixed',
  question,
  headline: true,
  defaults: { clients: 1000, entities: 10_000, eventsPerSecond: 4000, subscriptions: 20 },
  quick: { clients: 30, entities: 200, eventsPerSecond: 500, seconds: 0.5, warmUpSeconds: 0.2, rounds: 1 },
  run,
}

const exponent = 1

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, subscriptions } = bench.knobs
  const book = new RowBook()
  const cumulative = zipfOf(entities, exponent)
  const watched = (client: number) => {
    const drawn = Array.from({ length: subscriptions }, (_none, nth) => indexOf(cumulative, scattered(client * 1000 + nth + 7)))
    return [...new Set(drawn)]
  }
  const load = { popularity: { kind: 'zipf', entities, exponent }, eventsPerSecond, burst } as const
  await inRounds(bench, [sluice, ceiling], (contender) =>
    withTrial(bench, setUpOf(bench, contender, watched), async (trial) => {
      const measured = await measureWarm(bench, trial, load)
      bench.progress(`  ${inShort(measured)}`)
      book.addMeasured(contender.name, { eventsPerSecond }, measured)
    }),
  )
  return { scenario: mixed.name, question, knobs: { ...bench.knobs }, rows: book.result(), ...book.stalls() }
}
