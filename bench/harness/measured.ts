import type { ServerCounts } from '../contenders/contender.js'
import type { Fed } from '../feed/event-log.js'
import type { Latency } from '../load/latency.js'
import type { HalfSecond } from '../timeline/half-seconds.js'
import type { Popularity } from '../workload/popularity.js'
import type { CpuTime } from './process-usage.js'

/** What is fed in one go, and how. */
export interface Load {
  readonly popularity: Popularity
  readonly eventsPerSecond: number
  readonly burst: number
  readonly seconds: number
}

/** What one measurement gave. */
export interface Measured {
  readonly events: number
  readonly deliveries: number
  readonly bytes: number
  /** From the first event's due time until the last one had arrived. */
  readonly seconds: number
  /** Of the server. */
  readonly cpu: CpuTime
  readonly counts: ServerCounts
  readonly latency: Latency
  readonly rssBytes: number
  readonly fed: Fed
  /** What became of the events of each half second; empty where the server was stopped while they were fed. */
  readonly timeline: readonly HalfSecond[]
}

export interface Connecting {
  readonly seconds: number
  /** Of the server. */
  readonly cpu: CpuTime
}
