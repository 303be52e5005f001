import { sluice } from '../contenders/sluice.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { inRoundsOfSluice, onceEach, pagesOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How long until the last of many clients has all that it missed, when all come back at once?'

export const resume: Scenario = {
  name: 'resume',
  question,
  headline: false,
  defaults: { clients: 10_000, eventsPerSecond: 5000, burst: 10, awaySeconds: 10, atOnce: 1000 },
  quick: { clients: 100, eventsPerSecond: 500, awaySeconds: 1, rounds: 1 },
  run,
}

/** Each has a page of one entity, of which it misses some versions. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { clients, eventsPerSecond, burst, awaySeconds, atOnce } = bench.knobs
  const missed = { popularity: { kind: 'in-turn', entities: clients, run: 1 }, eventsPerSecond, burst, seconds: awaySeconds } as const
  const book = new RowBook()
  await inRoundsOfSluice(bench, () =>
    withTrial(bench, pagesOf(bench, sluice, { keepsCursors: true }), async (trial) => {
      await trial.measure(onceEach(clients))
      const { seconds, cpu } = await trial.measureComingBack(missed, atOnce)
      // What connecting and subscribing took at first: the rest is what coming back costs beside it.
      const [cpuPerClient, cpuPerConnect] = [cpu, trial.connecting.cpu].map(({ user, system }) => ((user + system) * 1e6) / clients)
      bench.progress(`  the last page is right after ${Math.round(seconds * 1000)} ms; ${Math.round(cpuPerClient!)} µs of CPU a client`)
      const readings = { lastPageMs: lower(seconds * 1000, 'ms'), cpuPerClient: lower(cpuPerClient!, 'µs') }
      book.add('sluice', { awaySeconds }, { ...readings, cpuPerConnect: lower(cpuPerConnect!, 'µs') })
    }),
  )
  return { scenario: resume.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}
