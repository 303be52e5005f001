import { ceiling } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Measured } from '../harness/measured.js'
import type { Trial } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { answered, entityNumbers, goalOf, inRounds, inShort, measureWarm, medianAt, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a delivery cost while a node catches up that was stopped for a while?'

export const backlog: Scenario = {
  name: 'backlog',
  question,
  headline: false,
  needsKafka: true,
  defaults: { clients: 1000, entities: 4, eventsPerSecond: 5000, seconds: 4 },
  quick: { clients: 50, eventsPerSecond: 500, seconds: 0.5, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/**
 * What the ceiling is fed with, which cannot fall behind what it feeds itself: as many frames a write as the gateway makes when it catches
 * up, at a rate that it can take.
 */
const ceilingBurst = 150
const ceilingShare = 0.24

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities } = bench.knobs
  const book = new RowBook()
  // On this one machine the clients read more slowly than the gateway writes: at the default they would be closed for it.
  const env = { MAILBOX_BYTES_MAX: String(64 * 1024 * 1024) }
  await inRounds(bench, [sluice, ceiling], (contender) =>
    withTrial(
      bench,
      setUpOf(bench, contender, () => entityNumbers(entities), { env }),
      async (trial) => {
        const measured = await (contender === sluice ? catchUp(bench, trial) : writeReadyFrames(bench, trial))
        bench.progress(`  ${inShort(measured)}`)
        // Latency counts from when an event was due: the node was stopped then, and the ceiling was not.
        const readings = Object.entries(readingsOf(measured)).filter(([name]) => !name.startsWith('latency'))
        book.add(contender.name, {}, Object.fromEntries(readings))
      },
    ),
  )
  const rows = book.result()
  const cost = (contender: string) => medianAt(rows, contender, 'deliveriesPerCpuSecond')
  const goals = answered([
    goalOf('deliveries a CPU second', cost('sluice'), 'at least', 4_000_000, '1/s'),
    goalOf(`of the ceiling, which has ${ceilingBurst} frames a write`, cost('sluice') / cost('ceiling'), 'at least', 0.7),
  ])
  return { scenario: backlog.name, question, knobs: { ...bench.knobs }, rows, goals }
}

async function catchUp({ knobs }: BenchRun, trial: Trial): Promise<Measured> {
  const { entities, eventsPerSecond, burst, seconds, warmUpSeconds } = knobs
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, burst } as const
  await trial.measure({ ...load, eventsPerSecond: 200, seconds: warmUpSeconds })
  return await trial.measureCatchingUp({ ...load, eventsPerSecond, seconds })
}

function writeReadyFrames(bench: BenchRun, trial: Trial): Promise<Measured> {
  const { entities, eventsPerSecond } = bench.knobs
  const popularity = { kind: 'in-turn', entities, run: 1 } as const
  return measureWarm(bench, trial, { popularity, burst: ceilingBurst, eventsPerSecond: ceilingShare * eventsPerSecond })
}
