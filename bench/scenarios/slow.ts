import { sluice } from '../contenders/sluice.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ClientSketch } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { answered, entityNumbers, goalOf, inRoundsOfSluice, inShort, measureWarm, medianAt, roleOf, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'Do clients that read slowly, but within their mailbox, slow the others down?'

export const slow: Scenario = {
  name: 'slow',
  question,
  headline: false,
  defaults: { clients: 1000, entities: 4, eventsPerSecond: 200, burst: 1, rounds: 7 },
  quick: { clients: 100, eventsPerSecond: 100, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/** One of so many reads slowly. */
const oneOf = 100
/** Of what comes: the rest waits in its socket and its mailbox until the feed is over. */
const shareTaken = 0.7
/** What a delivery takes on the wire, about. */
const bytesPerDelivery = 330

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst } = bench.knobs
  const book = new RowBook()
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst } as const
  await inRoundsOfSluice(bench, async () => {
    for (const slowShare of [0, 1 / oneOf]) {
      const clients = Array.from({ length: bench.knobs.clients }, (_none, client): ClientSketch => {
        const isSlow = slowShare > 0 && client % oneOf === 1
        const bytesPerSecond = eventsPerSecond * bytesPerDelivery * shareTaken
        return { role: roleOf(client, bench.knobs.roles), entities: entityNumbers(entities), ...(isSlow && { bytesPerSecond }) }
      })
      await withTrial(
        bench,
        setUpOf(bench, sluice, () => [], { clients }),
        async (trial) => {
          const measured = await measureWarm(bench, trial, load)
          bench.progress(`  ${slowShare * 100} % slow: ${inShort(measured)}`)
          book.add('sluice', { slowShare }, readingsOf(measured))
        },
      )
    }
  })
  const rows = book.result()
  const p99 = (slowShare: number) => medianAt(rows, 'sluice', 'latencyP99Ms', { slowShare })
  const goals = answered([goalOf('p99 of the others', p99(1 / oneOf), 'at most', Math.max(1.2 * p99(0), p99(0) + 3), 'ms')])
  return { scenario: slow.name, question, knobs: { ...bench.knobs }, rows, goals }
}
