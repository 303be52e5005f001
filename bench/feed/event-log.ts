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
  /** When the broker had acknowledged each of some events: [sequence, time on `monotonicMs`]. */
  readonly acknowledged: readonly (readonly [sequence: number, ms: number])[]
}

/** The account while it is written. */
export class EventLog {
  private readonly counts: Float64Array
  private readonly sums: Float64Array
  private readonly lateMs: number[] = []
  private readonly acknowledged: [number, number][] = []
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

  noteAcknowledged(sequence: number, ms: number): void {
    this.acknowledged.push([sequence, ms])
  }

  result(): Fed {
    const sorted = this.lateMs.sort((a, b) => a - b)
    const lateP99Ms = sorted[Math.floor(sorted.length * 0.99)] ?? 0
    const { events, counts, sums, acknowledged } = this
    return { events, counts, sums, lateP99Ms, acknowledged }
  }
}

/** Accounts of several feeds, added up. */
export function addedUp(fed: readonly Fed[]): Fed {
  const entities = Math.max(...fed.map(({ counts }) => counts.length))
  const counts = new Float64Array(entities)
  const sums = new Float64Array(entities)
  for (const one of fed) {
    for (const [entity, count] of one.counts.entries()) counts[entity]! += count
    for (const [entity, sum] of one.sums.entries()) sums[entity]! += sum
  }
  return {
    events: fed.reduce((sum, { events }) => sum + events, 0),
    ...{ counts, sums },
    lateP99Ms: Math.max(...fed.map(({ lateP99Ms }) => lateP99Ms)),
    acknowledged: fed.flatMap(({ acknowledged }) => acknowledged),
  }
}
