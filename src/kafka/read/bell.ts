import { type Clock, pause } from '#clock.js'

/** Ends a rest early: the one that is under way, or else the next one. */
export class Bell {
  private ringing = new AbortController()

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.ringing.abort()
  }

  /** Resolves to true when the time has passed, or to false as soon as the bell rings. */
  async rest(ms: number): Promise<boolean> {
    const isOver = await pause(this.clock, ms, this.ringing.signal)
    if (this.ringing.signal.aborted) this.ringing = new AbortController()
    return isOver
  }
}
