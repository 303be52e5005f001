// Stage 5. Enters: the authorized updates of a batch. Leaves: their number of deliveries, once each frame was sent or waits for a slow reader.
// Dropped: nothing; a connection whose mailbox overflows closes itself. Fails: nothing, as telling an actor never throws.
import type { AuthorizedUpdate } from '../authorize/authorize.js'
import type { EntityUpdate } from '../authorize/entity-update.js'
import type { ActorScheduler } from './connection/actor-scheduler.js'

/** The updates of one batch on their way to the mailboxes. */
export class Delivery {
  private readonly updates: EntityUpdate[] = []
  private deliveries = 0

  constructor(private readonly scheduler: ActorScheduler) {}

  deliver({ update, receivers, isUnordered }: AuthorizedUpdate): void {
    const { timestampMs } = update.event
    for (const receiver of receivers) {
      receiver.deliver(update)
      if (isUnordered) receiver.sentTimes.noteSent(update.entityType, timestampMs)
      this.deliveries++
    }
    update.seal()
    this.updates.push(update)
  }

  /**
   * Calls back with the number of deliveries when all to whom something was delivered have had their turn; at once where that is nobody.
   * Until then each update can be judged anew, should the policy change; whoever reads slowly must not hold the memory of events for longer.
   */
  whenOut(done: (deliveries: number) => void): void {
    if (this.updates.length === 0) return done(this.deliveries)
    this.scheduler.afterRound(() => {
      for (const update of this.updates) update.forget()
      done(this.deliveries)
    })
  }
}
