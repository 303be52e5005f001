import type { Clock } from '#clock.js'

const minuteMs = 60_000

/** Limits the lines of one kind in a minute, so that an event that happens a thousand times a second does not fill the log. */
export class LinePace {
  private minute = 0
  private count = 0

  constructor(
    private readonly perMinuteMax: number,
    private readonly clock: Clock,
  ) {}

  /** Answers `log` within the limit, `last` for the first line beyond it, which may say that more are left out, and `skip` for the rest. */
  next(): 'log' | 'last' | 'skip' {
    const minute = Math.floor(this.clock.monotonicMs() / minuteMs)
    if (minute !== this.minute) this.count = 0
    this.minute = minute
    this.count++
    if (this.count <= this.perMinuteMax) return 'log'
    return this.count === this.perMinuteMax + 1 ? 'last' : 'skip'
  }
}
