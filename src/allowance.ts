import type { Clock } from './clock.js'

/** What may still be done now: so much at once, and as much again with each second, evenly. */
export class Allowance {
  private left: number
  private filledAtMs: number

  constructor(
    protected readonly perSecond: number,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.left = perSecond
    this.filledAtMs = clock.monotonicMs()
  }

  /** Takes so much; false where too little is left. */
  take(cost = 1): boolean {
    const now = this.clock.monotonicMs()
    const elapsedMs = now - this.filledAtMs
    this.filledAtMs = now
    this.left = Math.min(this.perSecond, this.left + (elapsedMs / 1000) * this.perSecond)
    if (this.left < cost) return false
    this.left -= cost
    return true
  }

  /** One that was taken was of no use. */
  giveBack(): void {
    this.left++
  }
}
