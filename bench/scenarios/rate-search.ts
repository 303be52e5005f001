import { heldInMostRounds, heldRate, type Held } from '../harness/sustained.js'
import type { Load, Measured, TrialSetUp } from '../harness/trial.js'
import { inShort, withTrial } from './contest.js'
import type { BenchRun } from './scenario.js'

/** What is still on its way this long after the last event was due is lag that grows. */
const behindSecondsMax = 0.25
/** Where the feeder is later than this at p99, the machine is full, and a latency counted from the schedule is the feeder's. */
const feederLateMsMax = 50
/** Of the time for which a rate must be held, what a try of the search lasts: the rounds that follow have the whole of it. */
const searchShare = 0.25

/** What is tried: how many events a second to begin with, below which nothing is tried, and what else a rate must suit than to be held. */
export interface SearchBounds {
  readonly least: number
  readonly rounds: number
  /** In most rounds. */
  readonly p99MsMax?: number
}

/** For the highest rate that a gateway holds, each try on a fresh process of it. */
export class RateSearch {
  constructor(
    private readonly bench: BenchRun,
    private readonly setUp: TrialSetUp,
    private readonly load: Omit<Load, 'eventsPerSecond' | 'seconds'>,
    private readonly bounds: SearchBounds,
  ) {}

  /**
   * The highest rate that is held in most rounds: searched for first, then held against the rounds, in which it may turn out to be too
   * high. Undefined where not even the least is held.
   */
  async held(): Promise<Held<Measured> | undefined> {
    const { least, rounds } = this.bounds
    const { rateMax, searchSeconds } = this.bench.knobs
    const found = await heldRate(least, rateMax, async (rate) => {
      const measured = await this.attempt(rate, searchSeconds * searchShare)
      return measured && this.suits(measured) ? measured : undefined
    })
    if (found === 0) return undefined
    const attempt = (rate: number) => this.attempt(rate, searchSeconds)
    return await heldInMostRounds(found, Math.min(found, least), rounds, attempt, (measured) => this.suits(measured))
  }

  private suits({ latency }: Measured): boolean {
    return latency.p99 <= (this.bounds.p99MsMax ?? Infinity)
  }

  private async attempt(rate: number, seconds: number): Promise<Measured | undefined> {
    const measured = await this.measureAt(rate, seconds)
    const fault = faultOf(measured, seconds)
    this.bench.progress(`  ${rate}/s ${fault === undefined ? 'held' : `not held, as ${fault}`}: ${inShort(measured)}`)
    return fault === undefined ? measured : undefined
  }

  /** On a fresh process, which is warm. */
  private measureAt(eventsPerSecond: number, seconds: number): Promise<Measured> {
    return withTrial(this.bench, this.setUp, async (trial) => {
      await trial.measure({ ...this.load, eventsPerSecond: eventsPerSecond / 2, seconds: this.bench.knobs.warmUpSeconds })
      return await trial.measure({ ...this.load, eventsPerSecond, seconds })
    })
  }
}

/** Why a rate is not held, though nothing was lost. */
function faultOf({ seconds, fed }: Measured, secondsDue: number): string | undefined {
  if (seconds >= secondsDue + behindSecondsMax) return 'lag grew'
  return fed.lateP99Ms > feederLateMsMax ? 'the feeder itself was late' : undefined
}
