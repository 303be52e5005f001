import { sluice } from '../contenders/sluice.js'
import type { Measured } from '../harness/trial.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult, Series } from '../report/result.js'
import { goalOf, inRoundsOfSluice, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'Does anything grow over minutes of steady load?'

export const soak: Scenario = {
  name: 'soak',
  question,
  headline: false,
  defaults: { entities: 1000, eventsPerSecond: 15_000, seconds: 600 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 200, seconds: 5 },
  run,
}

/** Each slice is accounted for by itself, and nothing of it may be left over: no lag. */
const sliceSeconds = 10
const slicesMin = 10
/** What a process grows to when it is new counts for nothing: two of ten minutes. */
const settledShare = 0.2
const growthMax = 1.1

/** Each entity has one client. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, seconds } = bench.knobs
  const slices = Math.max(slicesMin, Math.round(seconds / sliceSeconds))
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst: 1, seconds: seconds / slices } as const
  const book = new RowBook()
  const memory: [seconds: number, bytes: number][] = []
  // One process: what grows from one to the next says nothing.
  await inRoundsOfSluice({ ...bench, knobs: { ...bench.knobs, rounds: 1 } }, () =>
    withTrial(
      bench,
      setUpOf(bench, sluice, (client) => [client % entities]),
      async (trial) => {
        for (let slice = 1; slice <= slices; slice++) {
          const measured: Measured = await trial.measure(load)
          memory.push([slice * load.seconds, measured.rssBytes])
          book.add('sluice', { phase: slice <= slices * settledShare ? 'first fifth' : 'later' }, readingsOf(measured))
          if (slice % (slices / slicesMin) < 1)
            bench.progress(
              `  ${Math.round(slice * load.seconds)} s: ${Math.round(measured.rssBytes / 1e6)} MB, p99 ${measured.latency.p99} ms`,
            )
        }
      },
    ),
  )
  const series: Series[] = [{ name: 'rssBytes', unit: 'B', contender: 'sluice', points: memory }]
  const goals = [goalOf('memory at the end, of that after a fifth of the time', growthOf(memory), 'at most', growthMax)]
  return { scenario: soak.name, question, knobs: { ...bench.knobs }, rows: book.result(), series, goals }
}

/** The mean of the last fifth over the mean of the second one, as collections make single values jump. */
export function growthOf(memory: readonly (readonly [number, number])[]): number {
  const fifth = Math.max(1, Math.round(memory.length * settledShare))
  const mean = (points: typeof memory) => points.reduce((sum, [, bytes]) => sum + bytes, 0) / points.length
  return mean(memory.slice(-fifth)) / mean(memory.slice(fifth, 2 * fifth))
}
