import { sluice } from '../contenders/sluice.js'
import type { Connecting } from '../harness/measured.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Trial } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { medianOf } from '../report/summary.js'
import { answered, goalOf, inRoundsOfSluice, medianAt, onceEach, pagesOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a subscription cost that begins with the latest version?'

export const snapshot: Scenario = {
  name: 'snapshot',
  question,
  headline: false,
  defaults: { clients: 10_000 },
  quick: { clients: 100, rounds: 1 },
  run,
}

/** How often all clients subscribe in a round, each way: CPU time is known to 10 ms alone, which is a µs for each of 10,000. */
const repeats = 6

const ways = ['without', 'with'] as const
type Way = (typeof ways)[number]

/** All subscribe at once to an entity each, without a snapshot and with one in turns, and leave again. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  await inRoundsOfSluice(bench, () =>
    withTrial(bench, pagesOf(bench, sluice, { subscribesLater: true }), async (trial) => {
      const taken = await subscribedBothWays(trial, bench.knobs.clients)
      for (const way of ways) {
        const cpuSeconds = taken[way].reduce((sum, { cpu }) => sum + cpu.user + cpu.system, 0)
        const cpu = (cpuSeconds * 1e6) / (repeats * bench.knobs.clients)
        const ms = medianOf(taken[way].map(({ seconds }) => seconds * 1000))
        bench.progress(`  ${way} a snapshot: ${cpu.toFixed(1)} µs of CPU a subscription, all of them after ${Math.round(ms)} ms`)
        book.add('sluice', { snapshot: way }, { cpuPerSubscription: lower(cpu, 'µs'), lastAnsweredMs: lower(ms, 'ms') })
      }
    }),
  )
  const rows = book.result()
  const cost = (way: Way) => medianAt(rows, 'sluice', 'cpuPerSubscription', { snapshot: way })
  const goals = answered([goalOf('a subscription with a snapshot by one without', cost('with') / cost('without'), 'at most', 2)])
  return { scenario: snapshot.name, question, knobs: { ...bench.knobs }, rows, goals }
}

/** What is compiled in the first two goes, and grown, is charged to nobody. */
async function subscribedBothWays(trial: Trial, clients: number): Promise<Record<Way, Connecting[]>> {
  const fed = await trial.fill(onceEach(clients))
  const taken: Record<Way, Connecting[]> = { with: [], without: [] }
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const way of repeat % 2 === 0 ? ways : ways.toReversed()) {
      const one = await trial.measureSubscribing(way === 'with', fed)
      if (repeat > 0) taken[way].push(one)
      await trial.clients.unsubscribe()
    }
  }
  return taken
}
