import { sluice } from '../contenders/sluice.js'
import { RowBook } from '../harness/row-book.js'
import { TrialFailure } from '../harness/trial-failure.js'
import type { ScenarioResult, Series } from '../report/result.js'
import { goalOf, inRoundsOfSluice, inShort, setUpOf, withTrial } from './contest.js'
import { highestHeld } from './rate-search.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'Does anything grow over minutes of steady load?'

export const soak: Scenario = {
  name: 'soak',
  question,
  headline: false,
  defaults: { entities: 1000, eventsPerSecond: 10_000, searchSeconds: 10, seconds: 600 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 200, seconds: 5, warmUpSeconds: 0.3, searchSeconds: 0.5, rateMax: 200 },
  run,
}

/** Of the highest rate that is held, as a node in use is to have something to spare. */
const loadShare = 0.7
/** Each slice is accounted for by itself, and nothing of it may be left over: no lag. */
const sliceSeconds = 10
const slicesMin = 10
/** What a process grows to when it is new counts for nothing: two of ten minutes. */
const settledShare = 0.2
const growthMax = 1.1

/** Each entity has one client. @throws TrialFailure where not even the rate is held with which the search for the highest begins. */
async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond: first, rateMax, burst, seconds } = bench.knobs
  const slices = Math.max(slicesMin, Math.round(seconds / sliceSeconds))
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, burst } as const
  const book = new RowBook()
  const memory: [seconds: number, bytes: number][] = []
  // One process: what grows from one to the next says nothing.
  await inRoundsOfSluice({ ...bench, knobs: { ...bench.knobs, rounds: 1 } }, async () => {
    const setUp = setUpOf(bench, sluice, (client) => [client % entities])
    // Where it may not be higher there is nothing to search for.
    const highest = rateMax > first ? await highestHeld(bench, { setUp, load, least: first, rounds: 1 }) : { rate: first }
    if (highest === undefined) throw new TrialFailure(`not even ${first} events a second are held`)
    const slice = { ...load, eventsPerSecond: Math.round(loadShare * highest.rate), seconds: seconds / slices }
    bench.progress(`  ${seconds} s at ${slice.eventsPerSecond}/s`)
    await withTrial(bench, setUp, async (trial) => {
      for (let nth = 1; nth <= slices; nth++) {
        const measured = await trial.measure(slice)
        memory.push([nth * slice.seconds, measured.rssBytes])
        const phase = nth <= slices * settledShare ? 'first fifth' : 'later'
        book.addMeasured('sluice', { eventsPerSecond: slice.eventsPerSecond, phase }, measured)
        if (nth % (slices / slicesMin) < 1)
          bench.progress(`  ${Math.round(nth * slice.seconds)} s: ${Math.round(measured.rssBytes / 1e6)} MB, ${inShort(measured)}`)
      }
    })
  })
  const { notes = [], series: stalled = [] } = book.stalls()
  const series: Series[] = [{ name: 'rssBytes', unit: 'B', contender: 'sluice', points: memory }, ...stalled]
  const goals = [goalOf('memory at the end, of that after a fifth of the time', growthOf(memory), 'at most', growthMax)]
  return { scenario: soak.name, question, knobs: { ...bench.knobs }, rows: book.result(), series, notes, goals }
}

/** The mean of the last fifth over the mean of the second one, as collections make single values jump. */
export function growthOf(memory: readonly (readonly [number, number])[]): number {
  const fifth = Math.max(1, Math.round(memory.length * settledShare))
  const mean = (points: typeof memory) => points.reduce((sum, [, bytes]) => sum + bytes, 0) / points.length
  return mean(memory.slice(-fifth)) / mean(memory.slice(fifth, 2 * fifth))
}
