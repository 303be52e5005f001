import type { Standstill } from '../timeline/standstills.js'
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
  /** The same of each portion that left together. */
  readonly late: readonly Portion[]
  readonly acknowledged: readonly Portion[]
  /** Of the feeder's process. */
  readonly standstills: readonly Standstill[]
}

/** Events that left together. */
export interface Portion {
  /** When the first of them was due. */
  readonly dueMs: number
  /** How long after that it was. */
  readonly ms: number
  readonly events: number
}

/** The account while it is written. */
export class EventLog {
  private readonly counts: Float64Array
  private readonly sums: Float64Array
  private readonly late: Portion[] = []
  private readonly acknowledged: Portion[] = []
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

  /** So many events have left, of which the first was due then. */
  noteLeft(dueMs: number, nowMs: number, events: number): void {
    this.late.push({ dueMs, ms: Math.max(0, nowMs - dueMs), events })
  }

  /** The broker has acknowledged so many events, of which the first was due then. */
  noteAcknowledged(dueMs: number, nowMs: number, events: number): void {
    this.acknowledged.push({ dueMs, ms: nowMs - dueMs, events })
  }

  result(standstills: readonly Standstill[] = []): Fed {
    const { events, counts, sums, late, acknowledged } = this
    return { events, counts, sums, lateP99Ms: p99Of(late), acknowledgedP99Ms: p99Of(acknowledged), late, acknowledged, standstills }
  }
}

/** Each event counts: a feeder that stood still for a second makes up for it in one portion, which is one of very many. */
export function p99Of(portions: readonly Portion[]): number {
  const sorted = portions.toSorted((a, b) => a.ms - b.ms)
  let left = 0.99 * sorted.reduce((sum, { events }) => sum + events, 0)
  return sorted.find(({ events }) => (left -= events) < 0)?.ms ?? 0
}
