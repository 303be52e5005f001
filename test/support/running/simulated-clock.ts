import type { Clock } from '#clock.js'

interface Timer {
  readonly dueMs: number
  readonly order: number
  readonly call: () => void
}

/**
 * A clock that stands still until it is told to go on. Calls happen in the order of their time, then of their asking. What time it is can be
 * set back and ahead without any time passing, as on a machine: nothing that waits may notice.
 */
export class SimulatedClock implements Clock {
  private timers: Timer[] = []
  private ticks: (() => void)[] = []
  private asked = 0

  private passedMs = 0

  constructor(private startMs = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.startMs + this.passedMs
  }

  monotonicMs(): number {
    return this.passedMs
  }

  /** Sets the time ahead by so much, or back where it is negative. */
  jump(ms: number): void {
    this.startMs += ms
  }

  after(delayMs: number, call: () => void): () => void {
    const timer: Timer = { dueMs: this.passedMs + delayMs, order: this.asked++, call }
    this.timers.push(timer)
    return () => void (this.timers = this.timers.filter((other) => other !== timer))
  }

  nextTick(call: () => void): void {
    this.ticks.push(call)
  }

  /** Runs one tick's calls; false when there were none. */
  tick(): boolean {
    const calls = this.ticks
    this.ticks = []
    for (const call of calls) call()
    return calls.length > 0
  }

  /** Runs ticks until nothing asks for another. Promises that settle in between get their turn. */
  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve))
    while (this.tick())
  }

  /** Lets time pass, calling what falls due. */
  async advance(ms: number): Promise<void> {
    const endMs = this.passedMs + ms
    await this.settle()
    for (let timer = this.nextDue(endMs); timer !== undefined; timer = this.nextDue(endMs)) {
      this.passedMs = Math.max(this.passedMs, timer.dueMs)
      this.timers = this.timers.filter((other) => other !== timer)
      timer.call()
      await this.settle()
    }
    this.passedMs = endMs
  }

  private nextDue(endMs: number): Timer | undefined {
    return this.timers.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0]
  }
}
