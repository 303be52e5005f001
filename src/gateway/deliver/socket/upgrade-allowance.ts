import type { Clock } from '#clock.js'

/**
 * How many clients may connect now: as many as in one second at once, and so many more with each second. When a neighbour of this node has
 * ended, all of its clients come at once. To read their tokens, answer their subscriptions and send them their pages would hold up whoever
 * is connected already for seconds; those who are refused come back at moments of their own.
 */
export class UpgradeAllowance {
  private left: number
  private readMs: number

  constructor(
    private readonly perSecondMax: number,
    private readonly clock: Clock,
  ) {
    this.left = perSecondMax
    this.readMs = clock.monotonicMs()
  }

  /** Answers whether there was one left. */
  take(): boolean {
    const nowMs = this.clock.monotonicMs()
    this.left = Math.min(this.perSecondMax, this.left + ((nowMs - this.readMs) / 1000) * this.perSecondMax)
    this.readMs = nowMs
    if (this.left < 1) return false
    this.left--
    return true
  }

  giveBack(): void {
    this.left++
  }
}
