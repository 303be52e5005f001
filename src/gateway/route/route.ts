// Stage 3. Enters: a batch of change events. Leaves: those that somebody has subscribed to, each with its audiences.
// Dropped: events of entities without subscribers, unread. Fails: nothing.
import { map, type OperatorFunction } from 'rxjs'
import type { ChangeEvent } from '../decode/change-event.js'
import type { EventBatch } from '../decode/decode.js'
import type { RecordBatch } from '../source/partition-source.js'
import type { Meter } from '../observe/meter.js'
import type { EntityAudiences, Routable } from './entity-audiences.js'
import type { SubscriptionIndex } from './subscription-index.js'

export interface RoutedEvent<S extends Routable> {
  readonly event: ChangeEvent
  readonly audiences: EntityAudiences<S>
}

export interface RoutedBatch<S extends Routable> {
  readonly batch: RecordBatch
  readonly routed: readonly RoutedEvent<S>[]
}

export function route<S extends Routable>(index: SubscriptionIndex<S>, meter: Meter): OperatorFunction<EventBatch, RoutedBatch<S>> {
  return map(({ batch, events }) => {
    const routed: RoutedEvent<S>[] = []
    for (const event of events) {
      const audiences = index.audiencesOf(event.entityType, event.entityId)
      if (audiences !== undefined) routed.push({ event, audiences })
    }
    meter.eventsRouted += routed.length
    return { batch, routed }
  })
}
