import { ceiling, naive, socketIo, ws } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { RowBook } from '../harness/row-book.js'
import type { TrialSetUp } from '../harness/trial.js'
import type { Goal, ResultRow, ScenarioResult } from '../report/result.js'
import { answered, goalOf, inRounds, inRoundsOfSluice, inShort, measureWarm, medianAt, setUpOf, withTrial } from './contest.js'
import { highestHeld } from './rate-search.js'
import type { Knobs } from './knobs.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a delivery cost when each entity has one client?'

export const sharded: Scenario = {
  name: 'sharded',
  question,
  headline: true,
  defaults: { clients: 1000, entities: 1000, eventsPerSecond: 5000, searchSeconds: 20, rateMax: 240_000, p99MsMax: 100 },
  quick: {
    clients: 20,
    entities: 20,
    eventsPerSecond: 500,
    seconds: 0.5,
    warmUpSeconds: 0.2,
    rounds: 1,
    searchSeconds: 0.5,
    rateMax: 1000,
    p99MsMax: 10_000,
  },
  run,
}

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { knobs } = bench
  const book = new RowBook()
  const own = (client: number) => [client % knobs.entities]
  await inRounds(bench, [sluice, ceiling, naive, ws, socketIo], async (contender) => {
    await withTrial(bench, setUpOf(bench, contender, own), async (trial) => {
      const measured = await measureWarm(bench, trial, { ...loadOf(bench), eventsPerSecond: knobs.eventsPerSecond })
      bench.progress(`  ${inShort(measured)}`)
      book.addMeasured(contender.name, { eventsPerSecond: knobs.eventsPerSecond }, measured)
    })
  })
  await inRoundsOfSluice({ ...bench, knobs: { ...knobs, rounds: 1 } }, () => sustain(bench, setUpOf(bench, sluice, own), book))
  const rows = book.result()
  return { scenario: sharded.name, question, knobs: { ...knobs }, rows, ...book.stalls(), goals: goalsOf(rows, knobs) }
}

/** The highest rate that is held, with a latency within the bound. */
async function sustain(bench: BenchRun, setUp: TrialSetUp, book: RowBook): Promise<void> {
  const { eventsPerSecond, rounds, p99MsMax } = bench.knobs
  const held = await highestHeld(bench, { setUp, load: loadOf(bench), least: 4 * eventsPerSecond, rounds, p99MsMax })
  if (held === undefined) return
  for (const measured of held.measured) book.addMeasured('sluice', { sustained: held.rate, p99MsMax }, measured)
}

function loadOf({ knobs }: BenchRun) {
  return { popularity: { kind: 'in-turn', entities: knobs.entities, run: 1 }, burst: knobs.burst } as const
}

/** Where no rate was held, nothing was delivered at it: the goal for that is not met, rather than not there. */
export function goalsOf(rows: readonly ResultRow[], { eventsPerSecond, p99MsMax }: Pick<Knobs, 'eventsPerSecond' | 'p99MsMax'>): Goal[] {
  const few = (figure: string) => medianAt(rows, 'sluice', figure, { eventsPerSecond })
  const sustained = medianAt(rows, 'sluice', 'deliveriesPerCpuSecond', { p99MsMax })
  const noneHeld = rows.some(({ contender }) => contender === 'sluice') && !rows.some(({ at }) => 'sustained' in at)
  return answered([
    goalOf(`CPU at ${eventsPerSecond} events/s`, few('cpuCores'), 'at most', 0.2, 'cores'),
    goalOf(`p99 at ${eventsPerSecond} events/s`, few('latencyP99Ms'), 'at most', 25, 'ms'),
    goalOf(`deliveries a CPU second, sustained with a p99 within ${p99MsMax} ms`, noneHeld ? 0 : sustained, 'at least', 140_000, '1/s'),
  ])
}
