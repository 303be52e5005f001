import type { ActorScheduler } from './actor-scheduler.js'
import type { Backlog } from '../backlog/backlog.js'
import type { Sized, Taker } from '../backlog/mailbox.js'

/**
 * The kernel of an actor: it takes its messages out of its backlog, one at a time, when its turn has come. An actor owns its state and shares nothing; others
 * only `tell` it, which never blocks and never throws. What an actor throws ends this actor and touches no other, and so does
 * whatever goes wrong while it ends.
 */
export abstract class Actor<M extends Sized> implements Taker<M> {
  private scheduled = false
  private running = false
  private stopped = false

  /** @param runEarlyBytes beyond this the actor runs at once rather than in the next tick, so that a burst within a tick does not overflow it. */
  protected constructor(
    private readonly scheduler: ActorScheduler,
    protected readonly backlog: Backlog<M>,
    private readonly runEarlyBytes: number,
  ) {}

  get isStopped(): boolean {
    return this.stopped
  }

  tell(message: M): void {
    if (this.stopped) return
    this.backlog.push(message)
    if (this.backlog.bytes > this.runEarlyBytes) this.run()
    if (this.backlog.isOverfull) this.attempt(() => this.overflowed())
    this.wake()
  }

  /** Sees to it that the actor runs in the next tick, if a message waits. */
  wake(): void {
    if (this.scheduled || this.backlog.isEmpty) return
    this.scheduled = true
    this.scheduler.schedule(this)
  }

  /** Handles what waits, as far as the actor is ready for it. */
  run(): void {
    this.scheduled = false
    if (this.running || this.backlog.isEmpty || !this.isReady()) return
    this.running = true
    this.attempt(() => this.turn(() => this.backlog.drain(this)))
    this.running = false
  }

  /** No message is handled from here on; those that wait are let go. */
  protected stop(): void {
    this.stopped = true
    this.backlog.clear()
  }

  /** Whether the next message can be handled now; who says no calls `wake` later. */
  protected abstract isReady(): boolean
  protected abstract receive(message: M): void
  /** More waits than may. */
  protected abstract overflowed(): void
  /** Something was thrown; the actor has stopped. What this throws is let go: there is nobody left to tell. */
  protected abstract failed(error: unknown): void

  /** Around the messages that are handled in one go. */
  protected turn(handleWaiting: () => void): void {
    handleWaiting()
  }

  /** For the backlog. */
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
