import { sluice } from '../contenders/sluice.js'
import { higher, readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { inRoundsOfSluice, inShort, measureWarm, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does it cost that clients subscribe and unsubscribe all the time?'

export const churn: Scenario = {
  name: 'churn',
  question,
  headline: false,
  defaults: { entities: 1000, eventsPerSecond: 2500, requestsPerSecond: 10_000 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 200, requestsPerSecond: 200, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/** Beyond all entities that change: what is subscribed to in between brings nothing, so that the account stays exact. */
const firstUnfed = 50_000_000

/** Each entity has one client; the same load without and with requests beside it. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, seconds, requestsPerSecond } = bench.knobs
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst } as const
  const book = new RowBook()
  await inRoundsOfSluice(bench, () =>
    withTrial(
      bench,
      setUpOf(bench, sluice, (client) => [client % entities]),
      async (trial) => {
        const alone = await measureWarm(bench, trial, load)
        bench.progress(`  without: ${inShort(alone)}`)
        book.addMeasured('sluice', { requestsPerSecond: 0 }, alone)
        const order = { perSecond: requestsPerSecond, firstEntity: firstUnfed }
        const { result, answers } = await trial.clients.churning(order, () => trial.measure({ ...load, seconds }))
        bench.progress(`  with ${answers} requests: ${inShort(result)}`)
        const answersPerSecond = higher(answers / result.seconds, '1/s')
        book.add('sluice', { requestsPerSecond }, { ...readingsOf(result), answersPerSecond })
      },
    ),
  )
  return { scenario: churn.name, question, knobs: { ...bench.knobs }, rows: book.result(), ...book.stalls() }
}
