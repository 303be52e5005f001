import { ceiling, naive } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import { heldRate } from '../harness/sustained.js'
import type { Measured, TrialSetUp } from '../harness/trial.js'
import type { Goal, ResultRow, ScenarioResult } from '../report/result.js'
import { goalOf, inRounds, inRoundsOfSluice, inShort, measureWarm, medianAt, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a delivery cost when each entity has one client?'

export const sharded: Scenario = {
  name: 'sharded',
  question,
  headline: true,
  defaults: { clients: 1000, entities: 1000, eventsPerSecond: 5000, searchSeconds: 20, rateMax: 160_000 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 500, seconds: 1, warmUpSeconds: 0.3, rounds: 1, searchSeconds: 0.5, rateMax: 1000 },
  run,
}

/** What is still on its way this long after the last event was due is lag that grows. */
const behindSecondsMax = 0.25
/** Where the feeder is later than this at p99, the machine is full, and a latency counted from the schedule is the feeder's. */
const feederLateMsMax = 50

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { knobs } = bench
  const book = new RowBook()
  const own = (client: number) => [client % knobs.entities]
  await inRounds(bench, [sluice, ceiling, naive], async (contender) => {
    await withTrial(bench, setUpOf(bench, contender, own), async (trial) => {
      const measured = await measureWarm(bench, trial, loadOf(bench, knobs.eventsPerSecond))
      bench.progress(`  ${inShort(measured)}`)
      book.add(contender.name, { eventsPerSecond: knobs.eventsPerSecond }, readingsOf(measured))
    })
  })
  const once = { ...bench, knobs: { ...knobs, rounds: 1 } }
  await inRoundsOfSluice(once, () => sustain(bench, setUpOf(bench, sluice, own), book))
  const rows = book.result()
  return { scenario: sharded.name, question, knobs: { ...knobs }, rows, goals: goalsOf(rows, knobs.eventsPerSecond) }
}

/** The highest rate that is held, each try on a fresh process. */
async function sustain(bench: BenchRun, setUp: TrialSetUp, book: RowBook): Promise<void> {
  const { eventsPerSecond, rateMax, warmUpSeconds, searchSeconds } = bench.knobs
  let best: Measured | undefined
  const holds = (rate: number) =>
    withTrial(bench, setUp, async (trial) => {
      await trial.measure({ ...loadOf(bench, rate / 2), seconds: warmUpSeconds })
      const measured = await trial.measure({ ...loadOf(bench, rate), seconds: searchSeconds })
      const fault = faultOf(measured, searchSeconds)
      bench.progress(`  ${rate}/s ${fault === undefined ? 'held' : `not held, as ${fault}`}: ${inShort(measured)}`)
      if (fault === undefined) best = measured
      return fault === undefined
    })
  const rate = await heldRate(eventsPerSecond * 2, rateMax, holds)
  if (best !== undefined) book.add('sluice', { sustained: rate }, readingsOf(best))
}

/** Why a rate is not held, though nothing was lost. */
function faultOf({ seconds, fed }: Measured, searchSeconds: number): string | undefined {
  if (seconds >= searchSeconds + behindSecondsMax) return 'lag grew'
  return fed.lateP99Ms > feederLateMsMax ? 'the feeder itself was late' : undefined
}

function loadOf({ knobs }: BenchRun, eventsPerSecond: number) {
  return { popularity: { kind: 'in-turn', entities: knobs.entities, run: 1 }, eventsPerSecond, burst: 1 } as const
}

function goalsOf(rows: readonly ResultRow[], eventsPerSecond: number): Goal[] {
  const sustained = rows.find(({ at }) => 'sustained' in at)?.at ?? {}
  const few = (figure: string) => medianAt(rows, 'sluice', figure, { eventsPerSecond })
  const most = (figure: string) => medianAt(rows, 'sluice', figure, sustained)
  const goals = [
    goalOf(`CPU at ${eventsPerSecond} events/s`, few('cpuCores'), 'at most', 0.2, 'cores'),
    goalOf(`p99 at ${eventsPerSecond} events/s`, few('latencyP99Ms'), 'at most', 25, 'ms'),
    goalOf('deliveries a CPU second, sustained', most('deliveriesPerCpuSecond'), 'at least', 140_000, '1/s'),
    goalOf('p99, sustained', most('latencyP99Ms'), 'at most', 100, 'ms'),
  ]
  return goals.filter(({ figure }) => !Number.isNaN(figure))
}
