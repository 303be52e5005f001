import { sluice } from '../contenders/sluice.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { inRoundsOfSluice, inShort, measureWarm, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What happens when producers go over to a new version of the schema?'

export const schemaChange: Scenario = {
  name: 'schema-change',
  question,
  headline: false,
  defaults: { entities: 1000, eventsPerSecond: 2500 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 200, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/** One field more, which no role sees: samples of what arrives show whether it stays hidden. */
const extra = { count: 1, length: 12, tag: 'INTERNAL' }

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, seconds } = bench.knobs
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst: 1 } as const
  const book = new RowBook()
  await inRoundsOfSluice(bench, () =>
    withTrial(
      bench,
      setUpOf(bench, sluice, (client) => [client % entities]),
      async (trial) => {
        book.add('sluice', { phase: 'before' }, readingsOf(await measureWarm(bench, trial, load)))
        await trial.changeSchemaWithin({ ...load, seconds }, extra)
        const changing = await trial.measure({ ...load, seconds })
        bench.progress(`  change: ${inShort(changing)}, the slowest ${changing.latency.max} ms`)
        book.add('sluice', { phase: 'change' }, readingsOf(changing))
        book.add('sluice', { phase: 'after' }, readingsOf(await trial.measure({ ...load, seconds })))
      },
    ),
  )
  return { scenario: schemaChange.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}
