import { onWs } from '../contenders/on-ws.js'
import { sluice } from '../contenders/sluice.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { entityNumbers, inRounds, inShort, measureWarm, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does the library cost that serves clients: uWebSockets.js (sluice) or ws (on-ws)?'

export const servers: Scenario = {
  name: 'servers',
  question,
  headline: false,
  defaults: { clients: 1000, entities: 4, eventsPerSecond: 300 },
  quick: { clients: 50, eventsPerSecond: 300, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

const bursts = [1, 10, 100]

/** As `fan-out`. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond } = bench.knobs
  const book = new RowBook()
  await inRounds(bench, [sluice, onWs], async (contender) => {
    const setUp = setUpOf(bench, contender, () => entityNumbers(entities))
    await withTrial(bench, setUp, async (trial) => {
      for (const burst of bursts) {
        const popularity = { kind: 'in-turn', entities, run: burst } as const
        const measured = await measureWarm(bench, trial, { popularity, eventsPerSecond: burst === 1 ? 50 : eventsPerSecond, burst })
        bench.progress(`  ${burst} at a time: ${inShort(measured)}`)
        book.addMeasured(contender.name, { burst }, measured)
      }
    })
  })
  return { scenario: servers.name, question, knobs: { ...bench.knobs }, rows: book.result(), ...book.stalls() }
}
