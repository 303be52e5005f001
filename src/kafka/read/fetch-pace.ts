import { performance } from 'node:perf_hooks'
import type { Clock } from '#clock.js'

/**
 * The time from one fetch to the next, in milliseconds, while the process has time to spare. Without a pause, 5,000 small records a second
 * would come in an answer each, and an answer costs 0.2 to 0.6 ms of CPU. Records that come less often than this do not wait at all.
 * 5,000 records a second for a client each take 0.19 core with a p99 of 23 ms; with 12 ms they take 0.23 core and 21 ms (medians of three
 * runs, by turns).
 */
const paceMsMin = 15
/**
 * The same time when the process is busy. It is longer, as records that are fetched together leave in one write for each connection, and a
 * write is half of what a delivery costs. 110,000 and 120,000 records a second for a client each come to 145,000 deliveries a CPU second
 * with a p99 of 76 ms; with 50 ms they come to 149,000 and 95 ms (medians of four runs, by turns).
 */
const paceMsMax = 38
/** The pace grows from its least to its greatest time while the busy share of the process grows between these two. */
const busyFrom = 0.7
const busyUpTo = 0.85
/** The weight of the newest share in the running mean: some ten fetches count, so that the pace neither jumps nor swings. */
const newestWeight = 0.1

/** How long a reader that has caught up waits between fetches, for more records to come. A reader that is behind does not wait. */
export class FetchPace {
  private fetchedAt = -Infinity
  private busy = 0

  constructor(
    private readonly clock: Clock,
    /** How much of the time since the last call the process was busy, from 0 to 1. */
    private readonly busyShare: () => number,
  ) {}

  /** How long the next fetch should wait, in milliseconds. */
  waitMs(): number {
    return Math.max(0, this.fetchedAt + this.paceMs() - this.clock.monotonicMs())
  }

  fetches(): void {
    this.fetchedAt = this.clock.monotonicMs()
  }

  private paceMs(): number {
    this.busy += newestWeight * (this.busyShare() - this.busy)
    const share = (this.busy - busyFrom) / (busyUpTo - busyFrom)
    return paceMsMin + (paceMsMax - paceMsMin) * Math.min(1, Math.max(0, share))
  }
}

/** The busy share for `FetchPace`: how much of its time this thread's event loop was not waiting. */
export function eventLoopBusyShare(): () => number {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}
