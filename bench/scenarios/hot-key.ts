import { sluice } from '../contenders/sluice.js'
import { RowBook } from '../harness/row-book.js'
import type { ClientSketch } from '../harness/client-sketch.js'
import type { ScenarioResult } from '../report/result.js'
import { inRoundsOfSluice, inShort, measureWarm, roleOf, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'Does one entity that changes all the time hold up the others?'

export const hotKey: Scenario = {
  name: 'hot-key',
  question,
  headline: false,
  defaults: { entities: 1000, eventsPerSecond: 2500 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 200, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  refusal: ({ entities }) => (entities < 2 ? 'It takes two entities at least: one that changes all the time, and others.' : undefined),
  run,
}

/** Of all events, those that are about the one. */
const shares = [0, 0.5, 0.9]
/** One client of so many watches it; the others have an entity each, and only their latencies count. */
const watcherOf = 10

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, roles } = bench.knobs
  const clients = Array.from({ length: bench.knobs.clients }, (_none, client): ClientSketch => {
    const watches = client % watcherOf === 0
    return { role: roleOf(client, roles), timed: !watches, entities: [watches ? 0 : 1 + (client % (entities - 1))] }
  })
  const book = new RowBook()
  await inRoundsOfSluice(bench, async () => {
    for (const share of shares) {
      const set = setUpOf(bench, sluice, () => [], { clients })
      await withTrial(bench, set, async (trial) => {
        const measured = await measureWarm(bench, trial, { popularity: { kind: 'hot', entities, share }, eventsPerSecond, burst })
        bench.progress(`  ${share * 100} % about one: ${inShort(measured)}`)
        book.addMeasured('sluice', { hotShare: share }, measured)
      })
    }
  })
  return { scenario: hotKey.name, question, knobs: { ...bench.knobs }, rows: book.result(), ...book.stalls() }
}
