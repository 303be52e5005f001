import { type Clock, pause } from '#clock.js'

/** Ends the rest of whoever waits, or the next one where nobody does. */
export class Bell {
  private ringing = new AbortController()

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.ringing.abort()
  }

  /** Resolves when the time has passed, with true; or as soon as the bell rings, with false. */
  async rest(ms: number): Promise<boolean> {
    const isOver = await pause(this.clock, ms, this.ringing.signal)
    if (this.ringing.signal.aborted) this.ringing = new AbortController()
    return isOver
  }
}
