// Route. Enters: a change event. Leaves: the same event with its audiences. Dropped: an event of an entity without subscribers, whose
// data is never read. Fails: nothing.
import type { ChangeEvent } from '../decode/change-event.js'
import type { EntityAudiences, Routable } from './entity-audiences.js'
import type { SubscriptionIndex } from './subscription-index.js'

/** What routing hands on. */
export interface RoutedEvent<S extends Routable> {
  readonly event: ChangeEvent
  readonly audiences: EntityAudiences<S>
}

/** Undefined where nobody has subscribed to the event's entity. */
export function route<S extends Routable>(event: ChangeEvent, index: SubscriptionIndex<S>): RoutedEvent<S> | undefined {
  const audiences = index.audiencesOf(event.entityType, event.entityId)
  return audiences && { event, audiences }
}
