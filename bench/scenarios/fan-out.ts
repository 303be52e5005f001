import { ceiling, naive, socketIo, ws } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import type { Contender } from '../contenders/contender.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { inRounds, inShort, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a delivery cost when every client has subscribed to every entity?'

/** Of the rate that the gateway is fed with, what those can take that write every frame by itself. */
const shareOfSlow = 0.1

export const fanOut: Scenario = {
  name: 'fan-out',
  question,
  headline: true,
  defaults: { clients: 1000, entities: 4, eventsPerSecond: 300 },
  quick: { clients: 50, eventsPerSecond: 300, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/** Bursts of events of one entity, each burst one write for each client: at 10 and at 100 the figures of the speed table. */
const bursts = [10, 100]

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  const contenders = bench.lab.parts === undefined ? [sluice, ceiling] : [sluice, ceiling, naive, ws, socketIo]
  await inRounds(bench, contenders, (contender) => measure(bench, contender, book))
  return { scenario: fanOut.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}

async function measure(bench: BenchRun, contender: Contender, book: RowBook): Promise<void> {
  const { entities, eventsPerSecond: full, seconds, warmUpSeconds } = bench.knobs
  const all = Array.from({ length: entities }, (_none, entity) => entity)
  await withTrial(
    bench,
    setUpOf(bench, contender, () => all),
    async (trial) => {
      for (const burst of contender.corks ? bursts : [1]) {
        // As many deliveries a second at 100 frames a write would leave the machine idle.
        const eventsPerSecond = contender.corks ? full * (burst === 100 ? 3 : 1) : full * shareOfSlow
        const load = { popularity: { kind: 'in-turn', entities, run: burst }, eventsPerSecond, burst } as const
        await trial.measure({ ...load, seconds: warmUpSeconds })
        const measured = await trial.measure({ ...load, seconds })
        bench.progress(`  ${burst} at a time: ${inShort(measured)}`)
        book.add(contender.name, { burst, eventsPerSecond }, readingsOf(measured))
      }
    },
  )
}
