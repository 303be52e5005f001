import { performance } from 'node:perf_hooks'
import type { Clock } from '#clock.js'

/**
 * From one fetch to the next, in milliseconds, while the process has time to spare. At 5,000 small records a second every record would
 * be an answer of its own, and an answer costs 0.2 to 0.6 ms of CPU. Records that come more seldom than that do not wait at all.
 * For a client each they take 0.19 core with a p99 of 23 ms; with 12 ms 0.23 core and 21 ms (medians of three runs, by turns).
 */
const paceMsMin = 15
/**
 * The same when the process is busy: what is fetched together leaves in one write for each connection, and a write is half of what a
 * delivery costs. At 110,000 and 120,000 records a second for a client each: 145,000 deliveries a CPU second with a p99 of 76 ms; with
 * 50 ms 149,000, and 95 ms (medians of four runs, by turns).
 */
const paceMsMax = 38
/** From this share of its time on the process counts as busy: the pace grows from here... */
const busyFrom = 0.7
/** ...up to here. */
const busyUpTo = 0.85
/** Of the newest share in the running mean: some ten fetches count, so that the pace neither jumps nor swings. */
const newestWeight = 0.1

/**
 * Between fetches, a reader that has caught up waits a little for more to come. One that is behind does not.
 * @param busyShare of the time since it was last asked, from 0 to 1.
 */
export class FetchPace {
  private fetchedAt = -Infinity
  private busy = 0
  private pausing: Promise<void> | undefined
  private end: () => void = () => undefined

  constructor(
    private readonly clock: Clock,
    private readonly busyShare: () => number,
  ) {}

  /** One pause for all partitions of an answer: resolves when the next fetch may be made. */
  pause(): Promise<void> | undefined {
    if (this.pausing !== undefined) return this.pausing
    const waitMs = this.fetchedAt + this.paceMs() - this.clock.monotonicMs()
    if (waitMs > 0) return this.pauseFor(waitMs)
    this.fetchedAt = this.clock.monotonicMs()
    return undefined
  }

  /** Of one partition there is more to fetch already: nobody waits. */
  hurry(): void {
    this.end()
  }

  private paceMs(): number {
    this.busy += newestWeight * (this.busyShare() - this.busy)
    const share = (this.busy - busyFrom) / (busyUpTo - busyFrom)
    return paceMsMin + (paceMsMax - paceMsMin) * Math.min(1, Math.max(0, share))
  }

  private pauseFor(waitMs: number): Promise<void> {
    this.pausing = new Promise((resolve) => {
      this.end = () => {
        cancel()
        this.end = () => undefined
        this.pausing = undefined
        this.fetchedAt = this.clock.monotonicMs()
        resolve()
      }
      const cancel = this.clock.after(waitMs, this.end)
    })
    return this.pausing
  }
}

/** For `FetchPace`: how much of its time this thread's event loop was not waiting. */
export function eventLoopBusyShare(): () => number {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}
