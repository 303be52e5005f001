import type { Clock } from '#clock.js'

/** Spreads over time what is read of logs from their beginnings, as many nodes may do so at once. */
export class FillPace {
  /** When all that was read would have come at the pace. */
  private paidAtMs = 0

  constructor(
    private readonly clock: Clock,
    /** 0 where there is no limit. */
    private readonly bytesPerSecond: number,
  ) {}

  /** How long a partition waits that has brought so many bytes, in milliseconds. */
  waitMs(bytes: number): number {
    if (this.bytesPerSecond === 0) return 0
    const nowMs = this.clock.monotonicMs()
    this.paidAtMs = Math.max(this.paidAtMs, nowMs) + (1000 * bytes) / this.bytesPerSecond
    return this.paidAtMs - nowMs
  }
}
