import type { Contender } from '../contenders/contender.js'
import { kafkajsAlone } from '../contenders/contenders.js'
import { sluice } from '../contenders/sluice.js'
import { stateless } from '../contenders/stateless.js'
import { higher, readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { Goal, ResultRow, ScenarioResult } from '../report/result.js'
import {
  answered,
  entityNumbers,
  goalOf,
  inRounds,
  inShort,
  measureWarm,
  medianAt,
  perCpuSecondText,
  setUpOf,
  withTrial,
} from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What does it cost to know the latest version of every entity?'

export const state: Scenario = {
  name: 'state',
  question,
  headline: false,
  defaults: { clients: 1000, entities: 1000, eventsPerSecond: 5000 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 1000, seconds: 0.5, warmUpSeconds: 0.2, rounds: 1 },
  run,
}

/** Of the rate: as often as in `fan-out`, where each event has a thousand clients. */
const fanOuts = [
  { burst: 10, share: 0.06 },
  { burst: 100, share: 0.18 },
]
const fanOutEntities = 4
/** Of the rate: in the second, a write is no longer all of what a delivery costs. */
const shardedShares = [1, 10]
const ingest = { burst: 100, share: 20, secondsAtLeast: 2 }
/** No event is about it. */
const unwanted = 99_999_999

/** The loads of `fan-out`, `sharded` and `ingest`, with the latest versions and without, in turns. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  await inRounds(bench, [sluice, stateless], async (contender) => {
    await measureFanOut(bench, contender, book)
    await measureSharded(bench, contender, book)
  })
  const readers = bench.lab.parts === undefined ? [] : [sluice, stateless, kafkajsAlone]
  await inRounds(bench, readers, (contender) => measureIngest(bench, contender, book))
  const rows = book.result()
  return { scenario: state.name, question, knobs: { ...bench.knobs }, rows, ...book.stalls(), goals: goalsOf(rows) }
}

/** Every client has subscribed to every entity. */
async function measureFanOut(bench: BenchRun, contender: Contender, book: RowBook): Promise<void> {
  const setUp = setUpOf(bench, contender, () => entityNumbers(fanOutEntities))
  await withTrial(bench, setUp, async (trial) => {
    for (const { burst, share } of fanOuts) {
      const eventsPerSecond = share * bench.knobs.eventsPerSecond
      const popularity = { kind: 'in-turn', entities: fanOutEntities, run: burst } as const
      const measured = await measureWarm(bench, trial, { popularity, eventsPerSecond, burst })
      bench.progress(`  fan-out, ${burst} at a time: ${inShort(measured)}`)
      book.addMeasured(contender.name, { load: 'fan-out', burst }, measured)
    }
  })
}

/** Each entity has one client. */
async function measureSharded(bench: BenchRun, contender: Contender, book: RowBook): Promise<void> {
  const { entities } = bench.knobs
  await withTrial(
    bench,
    setUpOf(bench, contender, (client) => [client % entities]),
    async (trial) => {
      for (const share of shardedShares) {
        const eventsPerSecond = share * bench.knobs.eventsPerSecond
        const popularity = { kind: 'in-turn', entities, run: 1 } as const
        const measured = await measureWarm(bench, trial, { popularity, eventsPerSecond, burst: 1 })
        bench.progress(`  sharded, ${eventsPerSecond} events/s: ${inShort(measured)}`)
        book.addMeasured(contender.name, { load: 'sharded', eventsPerSecond }, measured)
      }
    },
  )
}

/** Nobody has subscribed to what is read. */
async function measureIngest(bench: BenchRun, contender: Contender, book: RowBook): Promise<void> {
  const { entities, seconds, warmUpSeconds } = bench.knobs
  const eventsPerSecond = ingest.share * bench.knobs.eventsPerSecond
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst: ingest.burst } as const
  const setUp = setUpOf({ ...bench, knobs: { ...bench.knobs, clients: 1 } }, contender, () => [unwanted])
  await withTrial(bench, setUp, async (trial) => {
    await trial.measure({ ...load, seconds: warmUpSeconds })
    const measured = await trial.measureCatchingUp({ ...load, seconds: Math.max(seconds, ingest.secondsAtLeast) })
    const { events, cpu } = measured
    bench.progress(`  ingest: ${events} records, ${perCpuSecondText(events, cpu)}`)
    const { rssBytes } = readingsOf(measured)
    book.add(
      contender.name,
      { load: 'ingest' },
      { recordsPerCpuSecond: higher(events / (cpu.user + cpu.system), '1/s'), rssBytes: rssBytes! },
    )
  })
}

export function goalsOf(rows: readonly ResultRow[]): Goal[] {
  const share = (figure: string, at: ResultRow['at'], other = stateless.name) =>
    medianAt(rows, sluice.name, figure, at) / medianAt(rows, other, figure, at)
  const rates = rows.flatMap(({ contender, at }) => (contender === sluice.name && at['load'] === 'sharded' ? [at['eventsPerSecond']!] : []))
  return answered([
    ...fanOuts.map(({ burst }) => {
      const kept = share('deliveriesPerCpuSecond', { load: 'fan-out', burst })
      return goalOf(`of what it is without, in fan-out at ${burst} frames a write`, kept, 'at least', 0.95)
    }),
    ...rates.map((eventsPerSecond) => {
      const kept = share('deliveriesPerCpuSecond', { load: 'sharded', eventsPerSecond })
      return goalOf(`of what it is without, in sharded at ${eventsPerSecond} events/s`, kept, 'at least', 0.75)
    }),
    goalOf('of kafkajs alone, in ingest', share('recordsPerCpuSecond', { load: 'ingest' }, kafkajsAlone.name), 'at least', 0.4),
  ])
}
