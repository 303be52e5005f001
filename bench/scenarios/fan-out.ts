import { ceiling, naive, socketIo, ws } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import type { Contender } from '../contenders/contender.js'
import { RowBook } from '../harness/row-book.js'
import type { Trial } from '../harness/trial.js'
import type { Goal, ResultRow, ScenarioResult } from '../report/result.js'
import {
  answered,
  entityNumbers,
  goalOf,
  inRounds,
  inRoundsOfSluice,
  inShort,
  measureWarm,
  medianAt,
  rateFor,
  setUpOf,
  withTrial,
} from './contest.js'
import type { Knobs } from './knobs.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a delivery cost when every client has subscribed to every entity?'

export const fanOut: Scenario = {
  name: 'fan-out',
  question,
  headline: true,
  defaults: { clients: 1000, entities: 4, eventsPerSecond: 300 },
  quick: { clients: 50, eventsPerSecond: 300, seconds: 0.5, warmUpSeconds: 0.2, rounds: 1 },
  run,
}

/** Bursts of events of one entity, each burst one write for each client: at 10 and at 100 the figures of the speed table. */
const bursts = [10, 100]

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  await inRounds(bench, [sluice, ceiling, naive, ws, socketIo], (contender) => measure(bench, contender, book))
  await inRoundsOfSluice(bench, () => measureOthers(bench, book))
  const rows = book.result()
  return { scenario: fanOut.name, question, knobs: { ...bench.knobs }, rows, ...book.stalls(), goals: goalsOf(rows) }
}

async function measure(bench: BenchRun, contender: Contender, book: RowBook): Promise<void> {
  const { eventsPerSecond: full } = bench.knobs
  await ofEverything(bench, contender, async (trial) => {
    for (const burst of contender.corks ? bursts : [1]) {
      // As many deliveries a second at 100 frames a write would leave the machine idle.
      const eventsPerSecond = rateFor(contender, burst === 100 ? 3 * full : full)
      await measureAt(bench, trial, { contender: contender.name, burst, eventsPerSecond }, book)
    }
  })
}

/** What one mask costs beside the three, and the latency of few events. */
async function measureOthers(bench: BenchRun, book: RowBook): Promise<void> {
  const { eventsPerSecond, seconds } = bench.knobs
  const alone = async (knobs: Partial<Knobs>, point: Omit<Point, 'contender'>) => {
    const changed = { ...bench, knobs: { ...bench.knobs, ...knobs } }
    await ofEverything(changed, sluice, (trial) => measureAt(changed, trial, { contender: 'sluice', ...point }, book))
  }
  await alone({ roles: 1 }, { burst: 10, eventsPerSecond })
  // Few events, and a hundredth of them is to be more than one.
  await alone({ seconds: 2 * seconds }, { burst: 1, eventsPerSecond: 50 })
}

/** A trial in which every client has subscribed to every entity. */
function ofEverything(bench: BenchRun, contender: Contender, run: (trial: Trial) => Promise<void>): Promise<void> {
  const setUp = setUpOf(bench, contender, () => entityNumbers(bench.knobs.entities))
  return withTrial(bench, setUp, run)
}

interface Point {
  readonly contender: string
  readonly burst: number
  readonly eventsPerSecond: number
}

async function measureAt(bench: BenchRun, trial: Trial, { contender, burst, eventsPerSecond }: Point, book: RowBook): Promise<void> {
  const { entities, roles: masks } = bench.knobs
  const load = { popularity: { kind: 'in-turn', entities, run: burst }, eventsPerSecond, burst } as const
  const measured = await measureWarm(bench, trial, load)
  bench.progress(`  ${burst} at a time, ${masks} masks: ${inShort(measured)}`)
  book.addMeasured(contender, { burst, eventsPerSecond, masks }, measured)
}

function goalsOf(rows: readonly ResultRow[]): Goal[] {
  const cost = (contender: string, at: ResultRow['at']) => medianAt(rows, contender, 'deliveriesPerCpuSecond', at)
  const naiveCost = cost('naive', {})
  const few = { burst: 1, eventsPerSecond: 50 }
  const goals = [
    ...bursts.flatMap((burst) => {
      const own = cost('sluice', { burst })
      return [
        goalOf(`of the ceiling, at ${burst} frames a write`, own / cost('ceiling', { burst }), 'at least', 0.7),
        goalOf(`times naive (one frame a write), at ${burst}`, own / naiveCost, 'at least', burst === 10 ? 7 : 20),
      ]
    }),
    goalOf('three masks by one, at 10', cost('sluice', { burst: 10, masks: 1 }) / cost('sluice', { burst: 10, masks: 3 }), 'at most', 1.15),
    goalOf('p99 of 50 events/s', medianAt(rows, 'sluice', 'latencyP99Ms', few), 'at most', 15, 'ms'),
    goalOf('CPU of 50 events/s', medianAt(rows, 'sluice', 'cpuCores', few), 'at most', 0.5, 'cores'),
  ]
  return answered(goals)
}
