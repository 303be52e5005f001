import { sluice } from '../contenders/sluice.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { entityNumbers, inRoundsOfSluice, inShort, measureWarm, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What do frames save that hold several messages each (sluice.v1.batch), on the side of the gateway?'

export const batch: Scenario = {
  name: 'batch',
  question,
  headline: false,
  defaults: { clients: 1000, entities: 4, eventsPerSecond: 300 },
  quick: { clients: 50, eventsPerSecond: 300, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

const bursts = [1, 10, 100]
const subprotocol = 'sluice.v1.batch' as const

/** As `fan-out`, with messages in frames of their own and together. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond } = bench.knobs
  const book = new RowBook()
  const plain = setUpOf(bench, sluice, () => entityNumbers(entities))
  await inRoundsOfSluice(bench, async () => {
    for (const batched of [false, true]) {
      const setUp = { ...plain, clients: plain.clients.map((client) => ({ ...client, ...(batched && { subprotocol }) })) }
      await withTrial(bench, setUp, async (trial) => {
        for (const burst of bursts) {
          const popularity = { kind: 'in-turn', entities, run: burst } as const
          const measured = await measureWarm(bench, trial, { popularity, eventsPerSecond: burst === 1 ? 50 : eventsPerSecond, burst })
          bench.progress(`  ${batched ? 'batched' : 'single'}, ${burst} at a time: ${inShort(measured)}`)
          book.addMeasured('sluice', { frames: batched ? 'batched' : 'single', burst }, measured)
        }
      })
    }
  })
  return { scenario: batch.name, question, knobs: { ...bench.knobs }, rows: book.result(), ...book.stalls() }
}
