import { sluice } from '../contenders/sluice.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { answered, entityNumbers, goalOf, inRoundsOfSluice, inShort, medianAt, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How fast does a node catch up that was stopped for a while?'

export const backlog: Scenario = {
  name: 'backlog',
  question,
  headline: false,
  needsKafka: true,
  defaults: { clients: 1000, entities: 4, eventsPerSecond: 5000, seconds: 4 },
  quick: { clients: 50, eventsPerSecond: 500, seconds: 0.5, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, seconds, warmUpSeconds } = bench.knobs
  const book = new RowBook()
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, burst } as const
  // On this one machine the clients read more slowly than the gateway writes: at the default they would be closed for it.
  const env = { MAILBOX_BYTES_MAX: String(64 * 1024 * 1024) }
  await inRoundsOfSluice(bench, () =>
    withTrial(
      bench,
      setUpOf(bench, sluice, () => entityNumbers(entities), { env }),
      async (trial) => {
        await trial.measure({ ...load, eventsPerSecond: 200, seconds: warmUpSeconds })
        const measured = await trial.measureCatchingUp({ ...load, eventsPerSecond, seconds })
        bench.progress(`  ${inShort(measured)}`)
        // Latency counts from when an event was due, and the node was stopped then.
        const readings = Object.entries(readingsOf(measured)).filter(([name]) => !name.startsWith('latency'))
        book.add('sluice', {}, Object.fromEntries(readings))
      },
    ),
  )
  const rows = book.result()
  const goals = answered([
    goalOf('deliveries a CPU second', medianAt(rows, 'sluice', 'deliveriesPerCpuSecond'), 'at least', 4_000_000, '1/s'),
  ])
  return { scenario: backlog.name, question, knobs: { ...bench.knobs }, rows, goals }
}
