import { sustainedRate, type Held, type Sustaining } from '../harness/sustained.js'
import type { Load, Measured } from '../harness/measured.js'
import type { TrialSetUp } from '../harness/trial.js'
import { inShort, withTrial } from './contest.js'
import type { BenchRun } from './scenario.js'

/** What is still on its way this long after the last event was due is lag that grows. */
const behindSecondsMax = 0.25
/** Where the feeder is later than this at p99, the machine is full, and a latency counted from the schedule is the feeder's. */
const feederLateMsMax = 50

export interface RateSearch extends Pick<Sustaining<Measured>, 'least' | 'rounds'> {
  readonly setUp: TrialSetUp
  readonly load: Omit<Load, 'eventsPerSecond' | 'seconds'>
  /** Within which a rate's p99 must be; any will do unless told. */
  readonly p99MsMax?: number
}

/** The highest rate that the gateway holds, each try on a fresh process of it. Undefined where not even the least is held. */
export function highestHeld(
  bench: BenchRun,
  { setUp, load, least, rounds, p99MsMax = Infinity }: RateSearch,
): Promise<Held<Measured> | undefined> {
  const { rateMax, searchSeconds } = bench.knobs
  const suits = ({ latency }: Measured) => latency.p99 <= p99MsMax
  return sustainedRate({ least, most: rateMax, seconds: searchSeconds, rounds, suits }, async (rate, seconds) => {
    const measured = await measureFresh(bench, setUp, { ...load, eventsPerSecond: rate, seconds })
    const fault = faultOf(measured, seconds)
    const held = suits(measured) ? 'held' : `held, but not with a p99 within ${p99MsMax} ms`
    bench.progress(`  ${rate}/s for ${seconds} s ${fault === undefined ? held : `not held, as ${fault}`}: ${inShort(measured)}`)
    return fault === undefined ? measured : undefined
  })
}

/** On a process of its own, warmed at half the rate: what is too much is not to begin with a lag. */
function measureFresh(bench: BenchRun, setUp: TrialSetUp, load: Load): Promise<Measured> {
  return withTrial(bench, setUp, async (trial) => {
    await trial.measure({ ...load, eventsPerSecond: load.eventsPerSecond / 2, seconds: bench.knobs.warmUpSeconds })
    return await trial.measure(load)
  })
}

/** Why a rate is not held, though nothing was lost. */
function faultOf({ seconds, fed }: Measured, secondsDue: number): string | undefined {
  if (seconds >= secondsDue + behindSecondsMax) return 'lag grew'
  return fed.lateP99Ms > feederLateMsMax ? 'the feeder itself was late' : undefined
}
