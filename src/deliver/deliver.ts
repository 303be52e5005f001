// Stage 5. Enters: a batch of authorized updates. Leaves: the batch, once every frame lies in the mailbox of each connection that receives it.
// Dropped: nothing; a connection whose mailbox overflows closes itself. Fails: nothing, as telling an actor never throws.
import { map, type OperatorFunction } from 'rxjs'
import type { AuthorizedBatch } from '../authorize/authorize.js'
import type { RecordBatch } from '../source/partition-source.js'
import type { Subscription } from './connection/subscription.js'

export function deliver(): OperatorFunction<AuthorizedBatch<Subscription>, RecordBatch> {
  return map(({ batch, updates }) => {
    for (const { update, receivers } of updates) {
      for (const subscription of receivers) subscription.deliver(update)
    }
    return batch
  })
}
