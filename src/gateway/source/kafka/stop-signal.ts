import type { Clock } from '#clock.js'

/** Says once that it is time to stop, and ends every pause then, so that nothing is left waiting. */
export class StopSignal {
  private stopped = false
  readonly whenStopped: Promise<void>
  private resolve!: () => void
  private readonly pauses = new Set<() => void>()

  constructor() {
    this.whenStopped = new Promise((resolve) => (this.resolve = resolve))
  }

  stop(): void {
    this.stopped = true
    this.resolve()
    for (const end of [...this.pauses]) end()
  }

  hasStopped(): boolean {
    return this.stopped
  }

  pause(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.stopped) {
        resolve()
        return
      }
      const end = () => {
        cancel()
        this.pauses.delete(end)
        resolve()
      }
      const cancel = clock.after(ms, end)
      this.pauses.add(end)
    })
  }
}
