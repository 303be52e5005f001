import { dueMs, type Schedule } from '../workload/schedule.js'

/** So many times a second a slow reader may read on. */
export const portionsPerSecond = 20

/** After the last event was due, before all that still waits is read: by then it has arrived at those who do not read slowly. */
const restAfterMs = 500

/** What a client takes that reads slowly while a schedule is fed. Before and after it takes all that there is. */
export class ReadAllowance {
  private bytes = Infinity
  private fromMs = Infinity
  private toMs = Infinity

  constructor(private readonly bytesPerSecond: number) {}

  begin(schedule: Schedule): void {
    this.fromMs = schedule.startMs
    this.toMs = dueMs(schedule, schedule.firstSequence + schedule.events - 1) + restAfterMs
  }

  /** So much was read. Answers whether it may read on. */
  take(bytes: number): boolean {
    this.bytes -= bytes
    return this.bytes > 0
  }

  /** The next portion. Answers whether it may read on that could not before. */
  renew(nowMs: number): boolean {
    const wasOut = this.bytes <= 0
    const portion = this.bytesPerSecond / portionsPerSecond
    this.bytes = nowMs < this.fromMs || nowMs > this.toMs ? Infinity : Math.min(portion, this.bytes + portion)
    return wasOut && this.bytes > 0
  }
}
