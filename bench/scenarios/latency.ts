import { sluice } from '../contenders/sluice.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import { ClientsClosed } from '../harness/trial-failure.js'
import type { ResultRow, ScenarioResult } from '../report/result.js'
import { inRoundsOfSluice, inShort, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How does latency grow with the load, and is it back when an overload is over?'

export const latency: Scenario = {
  name: 'latency',
  question,
  headline: false,
  defaults: { clients: 1000, entities: 1000, eventsPerSecond: 2500, rateMax: 160_000, rounds: 7 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 200, rateMax: 400, seconds: 0.5, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/** What is beyond the highest rate, in seconds: long enough for a queue that can be seen. */
const overloadSeconds = 2

/** Rates double from the first to the last, on one process; each entity has one client. Then twice the last, and the first again. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, rateMax, seconds, warmUpSeconds } = bench.knobs
  const book = new RowBook()
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, burst } as const
  await inRoundsOfSluice(bench, () =>
    withTrial(
      bench,
      setUpOf(bench, sluice, (client) => [client % entities]),
      async (trial) => {
        const measure = async (at: ResultRow['at'], rate: number, forSeconds: number) => {
          const measured = await trial.measure({ ...load, eventsPerSecond: rate, seconds: forSeconds })
          bench.progress(`  ${rate}/s: ${inShort(measured)}`)
          book.addMeasured('sluice', at, measured)
        }
        await trial.measure({ ...load, eventsPerSecond, seconds: warmUpSeconds })
        for (let rate = eventsPerSecond; rate <= rateMax; rate *= 2) await measure({ rate }, rate, seconds)
        await measure({ phase: 'overload' }, 2 * rateMax, Math.min(seconds, overloadSeconds)).catch(async (error: unknown) => {
          if (!(error instanceof ClientsClosed)) throw error
          // What the gateway does to those that cannot keep up. It is no loss in silence; how it goes on is the question.
          const closed = [...error.byCode.values()].reduce((sum, count) => sum + count, 0)
          bench.progress(`  overload: ${error.message}`)
          book.add('sluice', { phase: 'overload' }, { closedClients: lower(closed, '') })
          await trial.replaceClients()
        })
        await measure({ phase: 'recovered' }, eventsPerSecond, seconds)
      },
    ),
  )
  return { scenario: latency.name, question, knobs: { ...bench.knobs }, rows: book.result(), ...book.stalls() }
}
