import type { Popularity } from '../workload/popularity.js'
import type { Schedule } from '../workload/schedule.js'

/** What is to be fed. */
export interface FeedOrder {
  readonly schedule: Schedule
  readonly popularity: Popularity
}

/** What has been fed: the account against which each client's is held. */
export interface Fed {
  readonly events: number
  /** By the number of the entity: how many events, and the sum of their sequence numbers. */
  readonly counts: Float64Array
  readonly sums: Float64Array
  /** How late events left, in milliseconds, as 99 % of them did: the feeder itself must not be what is measured. */
  readonly lateP99Ms: number
  /** From when an event was due until the broker had acknowledged it, in milliseconds, for 99 %; 0 where there is no broker. */
  readonly acknowledgedP99Ms: number
}

/** Events that left together. */
interface Portion {
  readonly ms: number
  readonly events: number
}

/** The account while it is written. */
export class EventLog {
  private readonly counts: Float64Array
  private readonly sums: Float64Array
  private readonly lateMs: Portion[] = []
  private readonly acknowledgedMs: Portion[] = []
  private events = 0

  constructor(entities: number) {
    this.counts = new Float64Array(entities)
    this.sums = new Float64Array(entities)
  }

  note(entity: number, sequence: number): void {
    this.events++
    this.counts[entity]!++
    this.sums[entity]! += sequence
  }

  /** @param ms since the first of so many events was due. */
  noteLateness(ms: number, events: number): void {
    this.lateMs.push({ ms: Math.max(0, ms), events })
  }

  /** @param ms since the first of so many events was due. */
  noteAcknowledged(ms: number, events: number): void {
    this.acknowledgedMs.push({ ms, events })
  }

  result(): Fed {
    const { events, counts, sums, lateMs, acknowledgedMs } = this
    return { events, counts, sums, lateP99Ms: p99Of(lateMs), acknowledgedP99Ms: p99Of(acknowledgedMs) }
  }
}

/** Each event counts: a feeder that stood still for a second makes up for it in one portion, which is one of very many. */
function p99Of(portions: readonly Portion[]): number {
  const sorted = portions.toSorted((a, b) => a.ms - b.ms)
  let left = 0.99 * sorted.reduce((sum, { events }) => sum + events, 0)
  return sorted.find(({ events }) => (left -= events) < 0)?.ms ?? 0
}
