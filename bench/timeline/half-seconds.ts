import { p99Of, type Portion } from '../feed/event-log.js'
import type { Schedule } from '../workload/schedule.js'
import type { Standstill } from './standstills.js'

/** Short enough that one pause shows in it, long enough for a p99. */
export const halfSecondMs = 500

/** Which half second of a schedule that moment lies in, from 0 on. */
export function halfSecondOf({ startMs }: Pick<Schedule, 'startMs'>, dueMs: number): number {
  return Math.max(0, Math.floor((dueMs - startMs) / halfSecondMs))
}

/** The p99s of what the gateway did between two readings of its counts. */
export interface StageSample {
  readonly fromMs: number
  readonly untilMs: number
  /** From the Kafka timestamp of the oldest record, in milliseconds. */
  readonly readMs: number
  readonly writeMs: number
}

/** What all processes have told of one measurement. */
export interface Watched {
  readonly startMs: number
  /** By half second: the p99 of the deliveries; undefined where nothing that was due in it has arrived. */
  readonly latencyMs: readonly (number | undefined)[]
  readonly late: readonly Portion[]
  readonly acknowledged: readonly Portion[]
  readonly stages: readonly StageSample[]
  /** By the name of the process. */
  readonly standstills: ReadonlyMap<string, readonly Standstill[]>
}

/** What became of the events that were due in half a second, in p99s and milliseconds. */
export interface HalfSecond {
  /** Since the first event of all was due. */
  readonly seconds: number
  readonly latencyMs: number
  /** From when they were due until they left, and until the broker had acknowledged them. */
  readonly leftMs: number
  readonly acknowledgedMs: number
  /** From their timestamps until they were read, and written to sockets; undefined where the server does not say. */
  readonly readMs: number | undefined
  readonly writeMs: number | undefined
  /** How long processes stood still until the last of these events had arrived, by `gateway: scavenge`. */
  readonly standstills: ReadonlyMap<string, number>
}

/** Without those of which nothing was due, or nothing has arrived. */
export function halfSecondsOf(watched: Watched): HalfSecond[] {
  return watched.latencyMs.flatMap((latencyMs, nth) => (latencyMs === undefined ? [] : [halfSecond(watched, nth, latencyMs)]))
}

function halfSecond({ startMs, late, acknowledged, stages, standstills }: Watched, nth: number, latencyMs: number): HalfSecond {
  const fromMs = startMs + nth * halfSecondMs
  const ofThese = (portions: readonly Portion[]) => p99Of(portions.filter(({ dueMs }) => halfSecondOf({ startMs }, dueMs) === nth))
  const untilMs = fromMs + halfSecondMs + latencyMs
  const meanwhile = stages.filter((stage) => stage.fromMs < untilMs && stage.untilMs > fromMs)
  return {
    seconds: (nth * halfSecondMs) / 1000,
    latencyMs,
    leftMs: ofThese(late),
    acknowledgedMs: ofThese(acknowledged),
    readMs: most(meanwhile.map(({ readMs }) => readMs)),
    writeMs: most(meanwhile.map(({ writeMs }) => writeMs)),
    standstills: sumsBetween(standstills, fromMs, untilMs),
  }
}

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values)
}

function sumsBetween(standstills: Watched['standstills'], fromMs: number, untilMs: number): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [who, all] of standstills) {
    for (const one of all.filter((standstill) => standstill.fromMs < untilMs && standstill.fromMs + standstill.ms > fromMs))
      sums.set(`${who}: ${one.what}`, (sums.get(`${who}: ${one.what}`) ?? 0) + one.ms)
  }
  return sums
}
