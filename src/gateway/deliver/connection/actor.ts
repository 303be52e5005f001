import type { ActorScheduler } from './actor-scheduler.js'
import { Mailbox, type MailboxGauge, type Sized, type Taker } from './mailbox.js'

/** In bytes of waiting messages. */
export interface MailboxLimits {
  /** Beyond this the actor runs at once rather than in the next tick, so that a burst within a tick does not fill its mailbox. */
  readonly runEarlyBytes: number
  /** Beyond this the actor overflows. */
  readonly bytesMax: number
}

/**
 * The kernel of an actor: a mailbox, and one message at a time out of it. An actor owns its state and shares nothing; others
 * only `tell` it, which never blocks and never throws. What an actor throws ends this actor and touches no other, and so does
 * whatever goes wrong while it ends.
 */
export abstract class Actor<M extends Sized> implements Taker<M> {
  private readonly mailbox: Mailbox<M>
  private scheduled = false
  private running = false
  private stopped = false

  protected constructor(
    private readonly scheduler: ActorScheduler,
    private readonly limits: MailboxLimits,
    gauge: MailboxGauge,
  ) {
    this.mailbox = new Mailbox(gauge)
  }

  get isStopped(): boolean {
    return this.stopped
  }

  protected get waiting(): number {
    return this.mailbox.count
  }

  protected get waitingBytes(): number {
    return this.mailbox.bytes
  }

  tell(message: M): void {
    if (this.stopped) return
    this.mailbox.push(message)
    if (this.mailbox.bytes > this.limits.runEarlyBytes) this.run()
    if (this.mailbox.bytes > this.limits.bytesMax) this.attempt(() => this.overflowed())
    else this.wake()
  }

  /** Sees to it that the actor runs in the next tick, if a message waits. */
  wake(): void {
    if (this.scheduled || this.mailbox.isEmpty) return
    this.scheduled = true
    this.scheduler.schedule(this)
  }

  /** Handles what waits, as far as the actor is ready for it. */
  run(): void {
    this.scheduled = false
    if (this.running || this.mailbox.isEmpty || !this.isReady()) return
    this.running = true
    this.attempt(() => this.turn(() => this.mailbox.drain(this)))
    this.running = false
  }

  /** Each message that waits is replaced by what `revise` makes of it, undefined is nothing. */
  protected reviseWaiting(revise: (message: M) => M | undefined): void {
    this.mailbox.revise(revise)
  }

  /** No message is handled from here on; those that wait are let go. */
  protected stop(): void {
    this.stopped = true
    this.mailbox.clear()
  }

  /** Whether the next message can be handled now; who says no calls `wake` later. */
  protected abstract isReady(): boolean
  protected abstract receive(message: M): void
  /** More bytes wait than may. */
  protected abstract overflowed(): void
  /** Something was thrown; the actor has stopped. What this throws is let go: there is nobody left to tell. */
  protected abstract failed(error: unknown): void

  /** Around the messages that are handled in one go. */
  protected turn(handleWaiting: () => void): void {
    handleWaiting()
  }

  /** For the mailbox. */
  take(message: M): boolean {
    this.receive(message)
    return !this.stopped && this.isReady()
  }

  /** What is thrown in `act` ends this actor. */
  protected attempt(act: () => void): void {
    if (this.stopped) return
    try {
      act()
    } catch (error) {
      this.fail(error)
    }
  }

  /** Ends this actor by what has been thrown for it. Never throws: whoever calls has others to see to. */
  fail(error: unknown): void {
    this.stop()
    inTurn(() => this.failed(error))
  }
}

/** Takes each step, whatever those before it have thrown: for what has to come to its end. Answers what was thrown. */
export function inTurn(...steps: readonly (() => void)[]): unknown[] {
  return steps.flatMap((step) => {
    try {
      step()
      return []
    } catch (error) {
      return [error]
    }
  })
}
