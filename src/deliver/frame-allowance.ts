import type { Clock } from '../clock.js'

/** How many frames a client may still send now: `perSecond` in a burst, refilled evenly. */
export class FrameAllowance {
  private left: number
  private filledAtMs: number

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {
    this.left = perSecond
    this.filledAtMs = clock.now()
  }

  /** Takes one frame; false when there is none left. */
  take(): boolean {
    const now = this.clock.now()
    // The system's clock may be set back.
    const elapsedMs = Math.max(0, now - this.filledAtMs)
    this.filledAtMs = now
    this.left = Math.min(this.perSecond, this.left + (elapsedMs / 1000) * this.perSecond)
    if (this.left < 1) return false
    this.left--
    return true
  }
}
