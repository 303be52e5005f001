import { areMost, heldInMostRounds, heldRate, nextBelow, type Held } from '../harness/sustained.js'
import type { Load, Measured, TrialSetUp } from '../harness/trial.js'
import { inShort, withTrial } from './contest.js'
import type { BenchRun } from './scenario.js'

/** What is still on its way this long after the last event was due is lag that grows. */
const behindSecondsMax = 0.25
/** Where the feeder is later than this at p99, the machine is full, and a latency counted from the schedule is the feeder's. */
const feederLateMsMax = 50

type LoadAtAnyRate = Omit<Load, 'eventsPerSecond' | 'seconds'>

/** For the highest rates that a gateway holds, each try on a fresh process of it. */
export class RateSearch {
  /** @param least with which the search begins, and below which nothing is tried. */
  constructor(
    private readonly bench: BenchRun,
    private readonly setUp: TrialSetUp,
    private readonly load: LoadAtAnyRate,
    private readonly least: number,
    private readonly rounds: number,
  ) {}

  /**
   * The highest rate that is held in most rounds: searched for first, then held against the rounds, in which it may turn out to be too
   * high. Undefined where not even the least is held.
   */
  async held(): Promise<Held<Measured> | undefined> {
    const found = await heldRate(this.least, this.bench.knobs.rateMax, this.attempt)
    return found === 0 ? undefined : await heldInMostRounds(found, Math.min(found, this.least), this.rounds, this.attempt)
  }

  /** From one that is held downwards to one that in most rounds is held with a p99 within a bound. */
  async heldWithin(p99MsMax: number, { rate, measured }: Held<Measured>): Promise<Held<Measured> | undefined> {
    const isWithin = ({ latency }: Measured) => latency.p99 <= p99MsMax
    if (areMost(measured.filter(isWithin).length, this.rounds)) return { rate, measured }
    return await heldInMostRounds(nextBelow(rate), this.least, this.rounds, this.attempt, isWithin)
  }

  private readonly attempt = async (rate: number): Promise<Measured | undefined> => {
    const measured = await measureAtRate(this.bench, this.setUp, this.load, rate)
    const fault = faultOf(measured, this.bench.knobs.searchSeconds)
    this.bench.progress(`  ${rate}/s ${fault === undefined ? 'held' : `not held, as ${fault}`}: ${inShort(measured)}`)
    return fault === undefined ? measured : undefined
  }
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
