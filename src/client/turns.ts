import type { Surroundings } from './surroundings.js'

/**
 * Tells listeners what has changed once all of a frame is in, so that nobody sees half of it. Whatever they do then, subscribe, unsubscribe or
 * close, comes in its turn; one that throws is reported and stops nobody.
 */
export class Turns {
  private readonly waiting = new Set<() => void>()
  private isRunning = false
  private isScheduled = false

  constructor(private readonly surroundings: Surroundings) {}

  /** Once, however often it is asked for. */
  add(tell: () => void): void {
    this.waiting.add(tell)
    if (this.isScheduled) return
    this.isScheduled = true
    this.surroundings.soon(() => this.run())
  }

  run(): void {
    this.isScheduled = false
    if (this.isRunning) return
    this.isRunning = true
    for (const tell of this.waiting) {
      this.waiting.delete(tell)
      this.guard(tell)
    }
    this.isRunning = false
  }

  /** Runs somebody else's code. */
  guard(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.surroundings.report(error)
    }
  }
}
