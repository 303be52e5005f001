import type { Clock } from '#clock.js'
import { portionsOf } from './portions.js'

export interface PacedRoundsOptions<T> {
  readonly clock: Clock
  /** The length of a round, in which each one is asked for once. */
  readonly roundMs: number
  /** All that are to be asked for now. New ones stand at the end. */
  readonly all: () => readonly T[]
  /** Does not reject. */
  readonly ask: (portion: readonly T[]) => Promise<void>
}

/** Asks in rounds for each of many, in portions that are spread over the round: hundreds at once would hold up the process in bursts. */
export class PacedRounds<T> {
  private next = 0
  private lastMs = -Infinity
  private isAsking = false
  private cancelNext: () => void = () => undefined
  private stopped = false

  constructor(private readonly options: PacedRoundsOptions<T>) {}

  /** Begins to count the first round from now, as all have just been asked for. */
  start(): void {
    this.lastMs = this.options.clock.monotonicMs()
    this.plan()
  }

  /** There are more to ask for than before. The round stays as long, so its portions come faster. */
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
