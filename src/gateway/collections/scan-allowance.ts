import type { Clock } from '#clock.js'

const intervalMs = 1000

/** How many entities may be gone through for each user in a second, however many collections they ask for. */
export class ScanAllowance {
  private readonly bySub = new Map<string, number>()
  private sinceMs = -Infinity

  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly perSecondMax: number,
  ) {}

  /** Answers how many of these may be gone through now; 0 where all are used up. */
  take(sub: string, entities: number): number {
    const now = this.clock.monotonicMs()
    if (now - this.sinceMs >= intervalMs) {
      this.bySub.clear()
      this.sinceMs = now
    }
    const used = this.bySub.get(sub) ?? 0
    const taken = Math.max(0, Math.min(entities, this.perSecondMax - used))
    this.bySub.set(sub, used + taken)
    return taken
  }

  giveBack(sub: string, entities: number): void {
    this.bySub.set(sub, Math.max(0, (this.bySub.get(sub) ?? 0) - entities))
  }

  /** In how many milliseconds there is room again. */
  get againMs(): number {
    return Math.max(1, this.sinceMs + intervalMs - this.clock.monotonicMs())
  }
}
