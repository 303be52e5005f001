import type { ActorScheduler } from './actor-scheduler.js'
import type { Backlog } from '../backlog/backlog.js'
import type { Sized, Taker } from '../backlog/mailbox.js'

/**
 * The kernel of an actor. When its turn comes it takes the messages out of its backlog, one at a time. An actor owns its state and shares
 * nothing; others only `tell` it, which never blocks and never throws. An error in an actor, also one while it ends, ends this actor and
 * touches no other.
 */
export abstract class Actor<M extends Sized> implements Taker<M> {
  private scheduled = false
  private running = false
  private stopped = false

  /**
   * @param runEarlyBytes beyond this size of the backlog the actor runs at once rather than in the next tick, so that a burst within a tick
   * does not overflow it.
   */
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

  /** Schedules the actor for the next tick if a message waits. */
  wake(): void {
    if (this.scheduled || this.backlog.isEmpty) return
    this.scheduled = true
    this.scheduler.schedule(this)
  }

  /** Handles the waiting messages for as long as the actor is ready. */
  run(): void {
    this.scheduled = false
    if (this.running || this.backlog.isEmpty || !this.isReady()) return
    this.running = true
    this.attempt(() => this.turn(() => this.backlog.drain(this)))
    this.running = false
  }

  /** Handles no further message, and drops those that wait. */
  protected stop(): void {
    this.stopped = true
    this.backlog.clear()
  }

  /** Whether the next message can be handled now. An actor that answers no has to call `wake` later. */
  protected abstract isReady(): boolean
  protected abstract receive(message: M): void
  /** The backlog is overfull. */
  protected abstract overflowed(): void
  /** Called with an error after the actor has stopped. What this method throws itself is dropped, as nobody is left to tell. */
  protected abstract failed(error: unknown): void

  /** Wraps the handling of all messages of one turn. */
  protected turn(handleWaiting: () => void): void {
    handleWaiting()
  }

  /** Called by the backlog. */
  take(message: M): boolean {
    this.receive(message)
    return !this.stopped && this.isReady()
  }

  /** An error in `act` ends this actor. */
  protected attempt(act: () => void): void {
    if (this.stopped) return
    try {
      act()
    } catch (error) {
      this.fail(error)
    }
  }

  /** Ends this actor because of the error. Never throws, as the caller has other actors to serve. */
  fail(error: unknown): void {
    this.stop()
    inTurn(() => this.failed(error))
  }
}

/** Runs every step, also when earlier ones threw: for work that has to be finished. Returns the errors. */
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
