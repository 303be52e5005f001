// Deliver. Enters: the authorized updates of a batch. Leaves: their number of deliveries, once each frame was sent or is waiting for a slow
// reader. Dropped: nothing; a connection whose backlog overflows is closed. Fails: nothing, as telling an actor never throws.
import type { AuthorizedUpdate } from '../authorize/authorize.js'
import type { EntityUpdate } from '../authorize/entity-update.js'
import type { TypeMeters } from '../observe/type-meters.js'
import type { EventSpan } from '../observe/tracing/event-tracing.js'
import type { ActorScheduler } from './connection/actor-scheduler.js'

/** Brings the updates of one batch to the mailboxes. */
export class Delivery {
  private readonly updates: EntityUpdate[] = []
  private deliveries = 0
  /** Of the events that are traced; undefined where none is. */
  private spans: EventSpan[] | undefined

  constructor(
    private readonly scheduler: ActorScheduler,
    private readonly types: TypeMeters,
  ) {}

  /** @param span of the update's event, where that is traced. */
  deliver({ update, receivers, isUnordered }: AuthorizedUpdate, span?: EventSpan): void {
    const { timestampMs } = update.event
    const before = this.deliveries
    if (span !== undefined) update.span = span
    for (const receiver of receivers) {
      receiver.deliver(update)
      if (isUnordered) receiver.sentTimes.noteSent(update.entityType, timestampMs)
      this.deliveries++
    }
    this.types.of(update.entityType).deliveries += this.deliveries - before
    update.seal()
    this.updates.push(update)
    span?.handedTo(this.deliveries - before)
  }

  /** The span of an event whose updates were all delivered: it ends when these are out. */
  endWith(span: EventSpan): void {
    ;(this.spans ??= []).push(span)
  }

  /**
   * Calls back with the number of deliveries when every connection that was handed something has had its turn; at once where there is none.
   * Until then each update can be judged again, should the policy change. No longer, as a slow reader must not keep events in memory.
   */
  whenOut(done: (deliveries: number) => void): void {
    if (this.updates.length === 0) return this.out(done)
    this.scheduler.afterRound(() => {
      for (const update of this.updates) update.forget()
      this.out(done)
    })
  }

  private out(done: (deliveries: number) => void): void {
    if (this.spans !== undefined) for (const span of this.spans) span.end()
    done(this.deliveries)
  }
}
