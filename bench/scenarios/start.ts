import { naive } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { inRounds, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How long after its start is a node ready, and does it deliver what is written then?'

export const start: Scenario = {
  name: 'start',
  question,
  headline: false,
  needsKafka: true,
  defaults: { clients: 1, entities: 1, eventsPerSecond: 50, seconds: 1, partitions: 12 },
  quick: { rounds: 1 },
  run,
}

/** Beside one that joins a consumer group, which the broker holds up for `group.initial.rebalance.delay.ms`, 3 s by default. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, seconds } = bench.knobs
  const book = new RowBook()
  await inRounds(bench, [sluice, naive], (contender) =>
    withTrial(
      bench,
      setUpOf(bench, contender, () => [0]),
      async (trial) => {
        const { latency } = await trial.measure({ popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst, seconds })
        bench.progress(`  ready after ${Math.round(trial.readyMs)} ms`)
        book.add(contender.name, {}, { readyAfterMs: lower(trial.readyMs, 'ms'), firstSecondMaxMs: lower(latency.max, 'ms') })
      },
    ),
  )
  return { scenario: start.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}
