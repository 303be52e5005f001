import type { Clock } from '#clock.js'
import type { MailboxGauge } from './mailbox.js'
import { owedBytes, type Owed } from './owed.js'

/** What falls due within this time leaves together: each call looks at all that waits. */
const roundMs = 5
/** A timer of Node's that is set for longer than 2^31 ms would call at once. */
const callMsMax = 3_600_000

/** What is owed to subscriptions with a pace until it is time. There is one timer for all of a connection. */
export class PacedOwed {
  private readonly waiting = new Set<Owed>()
  private cancelCall: (() => void) | undefined
  private callMs = Infinity

  constructor(
    private readonly clock: Clock,
    private readonly gauge: MailboxGauge,
    /** Takes over what is due. */
    private readonly due: (owed: Owed) => void,
  ) {}

  /** Whether nothing waits, nor is there a timer. */
  get isIdle(): boolean {
    return this.waiting.size === 0 && this.cancelCall === undefined
  }

  get bytes(): number {
    return this.waiting.size * owedBytes
  }

  all(): Iterable<Owed> {
    return this.waiting
  }

  add(owed: Owed): void {
    this.waiting.add(owed)
    this.gauge.mailboxBytes += owed.size
    this.callAt(owed.pace!.dueMs)
  }

  /** Answers whether it waited. */
  remove(owed: Owed): boolean {
    const wasThere = this.waiting.delete(owed)
    if (wasThere) this.gauge.mailboxBytes -= owed.size
    return wasThere
  }

  /** What is meant is due, whatever the time. */
  release(isMeant: (owed: Owed) => boolean): void {
    for (const owed of this.waiting) if (isMeant(owed)) this.handOut(owed)
  }

  withdraw(isMeant: (owed: Owed) => boolean): void {
    for (const owed of this.waiting) if (isMeant(owed)) this.remove(owed)
  }

  clear(): void {
    this.cancelCall?.()
    for (const owed of this.waiting) this.remove(owed)
  }

  private handOut(owed: Owed): void {
    if (this.remove(owed)) this.due(owed)
  }

  private callAt(dueMs: number): void {
    const now = this.clock.monotonicMs()
    const atMs = Math.min(now + callMsMax, Math.max(now + roundMs, dueMs))
    if (this.cancelCall !== undefined && atMs >= this.callMs) return
    this.cancelCall?.()
    this.callMs = atMs
    this.cancelCall = this.clock.after(atMs - now, () => this.handOutDue())
  }

  private handOutDue(): void {
    this.cancelCall = undefined
    const now = this.clock.monotonicMs()
    let nextMs = Infinity
    for (const owed of this.waiting) {
      const pace = owed.pace!
      if (pace.dueMs <= now) {
        // Others of the same subscription wait for the time after this one.
        pace.noteSent(now)
        this.handOut(owed)
      } else nextMs = Math.min(nextMs, pace.dueMs)
    }
    if (nextMs < Infinity) this.callAt(nextMs)
  }
}
