import { sluice } from '../contenders/sluice.js'
import type { Connecting } from '../harness/measured.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Trial } from '../harness/trial.js'
import type { ResultRow, ScenarioResult } from '../report/result.js'
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

/** Where the type is named, the answer to a subscription says by a cursor what the latest version is, also without a snapshot. */
const ways = [
  { at: { snapshot: 'without', type: 'unnamed' }, options: {} },
  { at: { snapshot: 'with', type: 'unnamed' }, options: { snapshot: true } },
  { at: { snapshot: 'without', type: 'named' }, options: { entity_type: 'order' } },
  { at: { snapshot: 'with', type: 'named' }, options: { entity_type: 'order', snapshot: true } },
] as const
type Way = (typeof ways)[number]

/** All subscribe at once to an entity each, without a snapshot and with one in turns, and leave again. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  await inRoundsOfSluice(bench, () =>
    withTrial(bench, pagesOf(bench, sluice, { subscribesLater: true }), async (trial) => {
      for (const [{ at }, taken] of await subscribedAllWays(trial, bench.knobs.clients)) {
        const cpuSeconds = taken.reduce((sum, { cpu }) => sum + cpu.user + cpu.system, 0)
        const cpu = (cpuSeconds * 1e6) / (repeats * bench.knobs.clients)
        const ms = medianOf(taken.map(({ seconds }) => seconds * 1000))
        bench.progress(`  ${at.snapshot} a snapshot, type ${at.type}: ${cpu.toFixed(1)} µs of CPU, the last after ${Math.round(ms)} ms`)
        book.add('sluice', at, { cpuPerSubscription: lower(cpu, 'µs'), lastAnsweredMs: lower(ms, 'ms') })
      }
    }),
  )
  const rows = book.result()
  const cost = (at: ResultRow['at']) => medianAt(rows, 'sluice', 'cpuPerSubscription', at)
  const goals = answered(
    ['unnamed', 'named'].map((type) => {
      const times = cost({ snapshot: 'with', type }) / cost({ snapshot: 'without', type })
      return goalOf(`a subscription with a snapshot by one without, type ${type}`, times, 'at most', 2)
    }),
  )
  return { scenario: snapshot.name, question, knobs: { ...bench.knobs }, rows, goals }
}

/** What is compiled in the first goes, and grown, is charged to nobody. */
async function subscribedAllWays(trial: Trial, clients: number): Promise<Map<Way, Connecting[]>> {
  const fed = await trial.fill(onceEach(clients))
  const taken = new Map<Way, Connecting[]>(ways.map((way) => [way, []]))
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const way of repeat % 2 === 0 ? ways : ways.toReversed()) {
      const one = await trial.measureSubscribing(way.options, fed)
      if (repeat > 0) taken.get(way)!.push(one)
      await trial.clients.unsubscribe(way.options)
    }
  }
  return taken
}
