import type { Clock } from '#clock.js'
import { portionsOf } from './portions.js'

export interface PacedRoundsOptions<T> {
  readonly clock: Clock
  /** How long a round takes, in which each one has its turn. */
  readonly roundMs: number
  /** All there are now; further ones come at the end. */
  readonly all: () => readonly T[]
  /** Does not reject. */
  readonly ask: (portion: readonly T[]) => Promise<void>
}

/** Asks again and again for each of many, in portions that are spread over the round: at once, hundreds would cost the process its time in bursts. */
export class PacedRounds<T> {
  private next = 0
  private lastMs = -Infinity
  private isAsking = false
  private cancelNext: () => void = () => undefined
  private stopped = false

  constructor(private readonly options: PacedRoundsOptions<T>) {}

  /** All have been asked just now. */
  start(): void {
    this.lastMs = this.options.clock.monotonicMs()
    this.plan()
  }

  /** There are more than before: the round takes no longer for it. */
  grown(): void {
    if (!this.isAsking) this.plan()
  }

  stop(): void {
    this.stopped = true
    this.cancelNext()
  }

  private plan(): void {
    const { clock, roundMs, all } = this.options
    this.cancelNext()
    if (this.stopped) return
    const stepMs = roundMs / Math.max(1, portionsOf(all()).length)
    this.cancelNext = clock.after(Math.max(0, this.lastMs + stepMs - clock.monotonicMs()), () => void this.askNext())
  }

  private async askNext(): Promise<void> {
    const { clock, all, ask } = this.options
    const portions = portionsOf(all())
    this.lastMs = clock.monotonicMs()
    this.isAsking = true
    await ask(portions[this.next] ?? [])
    this.isAsking = false
    this.next = this.next + 1 < portions.length ? this.next + 1 : 0
    this.plan()
  }
}
