import type { Clock } from '#clock.js'

const minuteMs = 60_000

/** How often something has happened in this minute: whoever makes it happen, a thousand times a second, must not fill the log with it. */
export class LinePace {
  private minute = 0
  private count = 0

  constructor(
    private readonly perMinuteMax: number,
    private readonly clock: Clock,
  ) {}

  /** `log` while there is room in this minute, `last` for the first beyond it, which may say so, `skip` for the rest. */
  next(): 'log' | 'last' | 'skip' {
    const minute = Math.floor(this.clock.monotonicMs() / minuteMs)
    if (minute !== this.minute) this.count = 0
    this.minute = minute
    this.count++
    if (this.count <= this.perMinuteMax) return 'log'
    return this.count === this.perMinuteMax + 1 ? 'last' : 'skip'
  }
}
