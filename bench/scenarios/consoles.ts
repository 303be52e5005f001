import { sluice } from '../contenders/sluice.js'
import { Consoles, type ConsoleSketch } from '../harness/consoles.js'
import { lower, neither } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Trial } from '../harness/trial.js'
import { TrialFailure } from '../harness/trial-failure.js'
import type { Goal, ResultRow, ScenarioResult } from '../report/result.js'
import { roles } from '../workload/policy.js'
import { answered, goalOf, inRoundsOfSluice, inShort, measureWarm, medianAt, onceEach, setUpOf, withTrial } from './contest.js'
import type { Knobs } from './knobs.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does a delivery cost while five people have the console open?'

export const consoles: Scenario = {
  name: 'consoles',
  question,
  headline: false,
  defaults: { clients: 1000, entities: 1000, eventsPerSecond: 5000, seconds: 6 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 500, seconds: 1, warmUpSeconds: 0.2, rounds: 1 },
  run,
}

/** At the second of these rates a write is no longer all of what a delivery costs. */
const shares = [1, 4]
const screens = ['pipeline', 'pipeline', 'connections', 'live', 'live'] as const

/** The load of `sharded`, with consoles open and without, by turns. Either way the gateway has one, so that it keeps its figures. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { knobs } = bench
  const book = new RowBook()
  let ways = [0, screens.length]
  await inRoundsOfSluice(bench, async () => {
    for (const open of ways) await measureOne(bench, open, book)
    ways = ways.toReversed()
  })
  const rows = book.result()
  return { scenario: consoles.name, question, knobs: { ...knobs }, rows, ...book.stalls(), goals: goalsOf(rows, knobs) }
}

async function measureOne(bench: BenchRun, open: number, book: RowBook): Promise<void> {
  const { entities, seconds } = bench.knobs
  const setUp = setUpOf(bench, sluice, (client) => [client % entities], { env: Consoles.environment(bench.lab) })
  await withTrial(bench, setUp, async (trial) => {
    // From here on the columns of Live have something to show.
    await trial.measure(onceEach(entities))
    const opened = open === 0 ? undefined : await Consoles.open(trial.server, sketchesOf(entities))
    try {
      for (const eventsPerSecond of ratesOf(bench.knobs)) await measureFed(bench, trial, { opened, eventsPerSecond, book })
      const cpu = await trial.measureIdle(seconds)
      const cpuCores = (cpu.user + cpu.system) / seconds
      bench.progress(`  ${open} consoles, nothing fed: ${cpuCores.toFixed(4)} cores`)
      await opened?.use()
      book.add('sluice', { consoles: open, eventsPerSecond: 0 }, { cpuCores: lower(cpuCores, 'cores') })
    } finally {
      await opened?.close()
    }
  })
}

interface Fed {
  readonly opened: Consoles | undefined
  readonly eventsPerSecond: number
  readonly book: RowBook
}

async function measureFed(bench: BenchRun, trial: Trial, { opened, eventsPerSecond, book }: Fed): Promise<void> {
  const { entities, burst } = bench.knobs
  const at = { consoles: opened === undefined ? 0 : screens.length, eventsPerSecond }
  const measured = await measureWarm(bench, trial, { popularity: { kind: 'in-turn', entities, run: 1 }, burst, eventsPerSecond })
  const { deliveries, cpu } = measured
  bench.progress(`  ${at.consoles} consoles, ${eventsPerSecond} events/s: ${inShort(measured)}`)
  book.addMeasured('sluice', at, measured)
  book.add('sluice', at, { cpuPerDelivery: lower(((cpu.user + cpu.system) * 1e6) / deliveries, 'µs') })
  if (opened === undefined) return
  const { updates, slowestMs } = await opened.use()
  if (updates === 0) throw new TrialFailure('nobody who is shown at a console was told anything')
  book.add('sluice', at, { slowestPollMs: neither(slowestMs, 'ms') })
}

function ratesOf({ eventsPerSecond }: Pick<Knobs, 'eventsPerSecond'>): number[] {
  return shares.map((share) => share * eventsPerSecond)
}

/** Each of those who look at Live looks at an entity of its own, as one of each role is shown it. */
function sketchesOf(entities: number): ConsoleSketch[] {
  return screens.map((screen, nth) => {
    const shown = roles.map((role) => ({
      role,
      sub: `${role}-of-console-${nth}`,
      entities: [nth % entities],
      subprotocol: 'sluice.v1' as const,
    }))
    return { screen, people: screen === 'live' ? shown : [] }
  })
}

export function goalsOf(rows: readonly ResultRow[], knobs: Pick<Knobs, 'eventsPerSecond'>): Goal[] {
  const goals = ratesOf(knobs).map((eventsPerSecond) => {
    const [without, open] = [0, screens.length].map((consoles) => medianAt(rows, 'sluice', 'cpuPerDelivery', { consoles, eventsPerSecond }))
    return goalOf(`CPU of a delivery with consoles open by that without, at ${eventsPerSecond} events/s`, open! / without!, 'at most', 1.02)
  })
  return answered(goals)
}
