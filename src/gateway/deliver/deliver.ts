// Stage 5. Enters: a batch of authorized updates. Leaves: the batch and how often one of its updates was put into a mailbox, once every frame has left, or waits for a connection that reads slowly.
// Dropped: nothing; a connection whose mailbox overflows closes itself. Fails: nothing, as telling an actor never throws.
import { concatMap, Observable, of, type OperatorFunction } from 'rxjs'
import type { AuthorizedBatch } from '../authorize/authorize.js'
import type { EntityUpdate } from '../authorize/entity-update.js'
import type { RecordBatch } from '../source/partition-source.js'
import type { ActorScheduler } from './connection/actor-scheduler.js'
import type { Subscription } from './connection/subscription.js'

/** What stage 5 hands on. */
export interface DeliveredBatch {
  readonly batch: RecordBatch
  /** How often one of its updates was put into a mailbox. */
  readonly deliveries: number
}

/** A partition's next batch comes behind the release of the last one, so that no queue forms before `concatMap`. */
export function deliver(scheduler: ActorScheduler): OperatorFunction<AuthorizedBatch<Subscription>, DeliveredBatch> {
  return concatMap(({ batch, updates }) => {
    const delivered: EntityUpdate[] = []
    let deliveries = 0
    for (const { update, receivers, isUnordered } of updates) {
      const { timestampMs } = update.event
      for (const subscription of receivers) {
        subscription.deliver(update)
        if (isUnordered) subscription.sentTimes.noteSent(update.entityType, timestampMs)
        deliveries++
      }
      update.seal()
      delivered.push(update)
    }
    return delivered.length === 0 ? of({ batch, deliveries }) : afterRound(scheduler, delivered, { batch, deliveries })
  })
}

/** Until then each update can be judged anew, should the policy change; whoever reads slowly must not hold the memory of events for longer. */
function afterRound(scheduler: ActorScheduler, updates: readonly EntityUpdate[], delivered: DeliveredBatch): Observable<DeliveredBatch> {
  return new Observable((subscriber) => {
    scheduler.afterRound(() => {
      for (const update of updates) update.forget()
      subscriber.next(delivered)
      subscriber.complete()
    })
  })
}
