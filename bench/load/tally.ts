import { Account } from './account.js'
import { LatencyRecorder } from './latency.js'
import { Sightings } from './sightings.js'

/** An update as a client of that role has received it. */
export interface Sample {
  readonly role: string
  readonly entity: number
  readonly sequence: number
  readonly text: string
}

/** Of so many deliveries one is kept and held against CASL when the trial is over, and no more of them than this. */
const sampleEvery = 997
const samplesMax = 1000

/** What all connections of a load process have in common: what has arrived, and when. */
export class Tally {
  readonly account = new Account()
  readonly latency = new LatencyRecorder()
  /** By close code; 1006 where none came. */
  readonly closes = new Map<number, number>()
  readonly errors: string[] = []
  /** When what is being read has arrived, on `monotonicMs`. */
  nowMs = 0
  received = 0
  /** Updates that told a version once more, and when the last of them has arrived; 0 where there was none. */
  repeats = 0
  repeatedMs = 0
  /** To requests that were made after a client had its subscriptions. */
  answers = 0
  bytes = 0
  samples: Sample[] = []
  readonly sightings = new Sightings()
  private untilSample = sampleEvery

  begin(): void {
    this.account.begin()
    this.received = this.bytes = this.repeats = this.repeatedMs = 0
    this.samples = []
  }

  /** Whether this delivery is to be kept. The first ones are, so that short trials are checked as well. */
  wantsSample(): boolean {
    if (this.samples.length >= samplesMax) return false
    if (this.samples.length > 20 && --this.untilSample > 0) return false
    this.untilSample = sampleEvery
    return true
  }

  noteRepeat(): void {
    this.repeats++
    this.repeatedMs = this.nowMs
  }

  noteClose(code: number): void {
    this.closes.set(code, (this.closes.get(code) ?? 0) + 1)
  }
}
