/** How often a subscription may be sent an update. */
export class Pace {
  private readonly intervalMs: number
  /** When the next one may be sent, by the monotonic time. */
  private nextMs = -Infinity

  /** @param maxHz how many a second at most. */
  constructor(maxHz: number) {
    this.intervalMs = 1000 / maxHz
  }

  get dueMs(): number {
    return this.nextMs
  }

  noteSent(nowMs: number): void {
    this.nextMs = nowMs + this.intervalMs
  }
}
