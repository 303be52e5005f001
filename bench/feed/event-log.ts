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

/** The account while it is written. */
export class EventLog {
  private readonly counts: Float64Array
  private readonly sums: Float64Array
  private readonly lateMs: number[] = []
  private readonly acknowledgedMs: number[] = []
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

  noteLateness(ms: number): void {
    this.lateMs.push(Math.max(0, ms))
  }

  /** @param ms since it was due. */
  noteAcknowledged(ms: number): void {
    this.acknowledgedMs.push(ms)
  }

  result(): Fed {
    const { events, counts, sums, lateMs, acknowledgedMs } = this
    return { events, counts, sums, lateP99Ms: p99Of(lateMs), acknowledgedP99Ms: p99Of(acknowledgedMs) }
  }
}

function p99Of(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0
}
