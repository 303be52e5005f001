import { heldInMostRounds, heldRate } from '../harness/sustained.js'
import type { Load, Measured, TrialSetUp } from '../harness/trial.js'
import { inShort, withTrial } from './contest.js'
import type { BenchRun } from './scenario.js'

/** What is still on its way this long after the last event was due is lag that grows. */
const behindSecondsMax = 0.25
/** Where the feeder is later than this at p99, the machine is full, and a latency counted from the schedule is the feeder's. */
const feederLateMsMax = 50

export interface HighestRate {
  readonly eventsPerSecond: number
  /** One for each round in which it was held. */
  readonly measured: readonly Measured[]
}

type LoadAtAnyRate = Omit<Load, 'eventsPerSecond' | 'seconds'>

/**
 * The highest rate that is held in most of so many rounds, each try on a fresh process: searched for first, then held against the rounds,
 * in which it may turn out to be too high. Undefined where not even the first is held.
 */
export async function highestRate(
  bench: BenchRun,
  setUp: TrialSetUp,
  load: LoadAtAnyRate,
  first: number,
  rounds: number,
): Promise<HighestRate | undefined> {
  const { rateMax, searchSeconds } = bench.knobs
  const attempt = async (rate: number) => {
    const measured = await measureAtRate(bench, setUp, load, rate)
    const fault = faultOf(measured, searchSeconds)
    bench.progress(`  ${rate}/s ${fault === undefined ? 'held' : `not held, as ${fault}`}: ${inShort(measured)}`)
    return fault === undefined ? measured : undefined
  }
  const found = await heldRate(first, rateMax, attempt)
  if (found === 0) return undefined
  const held = await heldInMostRounds(found, first, rounds, attempt)
  return held && { eventsPerSecond: held.rate, measured: held.measured }
}

/** On a fresh process, for as long as a rate must be held. */
function measureAtRate(bench: BenchRun, setUp: TrialSetUp, load: LoadAtAnyRate, eventsPerSecond: number): Promise<Measured> {
  const { warmUpSeconds, searchSeconds } = bench.knobs
  return withTrial(bench, setUp, async (trial) => {
    await trial.measure({ ...load, eventsPerSecond: eventsPerSecond / 2, seconds: warmUpSeconds })
    return await trial.measure({ ...load, eventsPerSecond, seconds: searchSeconds })
  })
}

/** Why a rate is not held, though nothing was lost. */
function faultOf({ seconds, fed }: Measured, searchSeconds: number): string | undefined {
  if (seconds >= searchSeconds + behindSecondsMax) return 'lag grew'
  return fed.lateP99Ms > feederLateMsMax ? 'the feeder itself was late' : undefined
}
