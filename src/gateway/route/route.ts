// Route. Enters: a change event with what was before. Leaves: the same event with its audiences. Dropped: an event of an entity without subscribers, whose
// data is never read. Fails: nothing.
import type { TabledEvent } from '../table/table.js'
import type { EntityAudiences, Routable } from './entity-audiences.js'
import type { SubscriptionIndex } from './subscription-index.js'

/** What routing hands on. */
export interface RoutedEvent<S extends Routable> extends TabledEvent {
  readonly audiences: EntityAudiences<S>
}

/** Undefined where nobody has subscribed to the event's entity. */
export function route<S extends Routable>(tabled: TabledEvent, index: SubscriptionIndex<S>): RoutedEvent<S> | undefined {
  const { entityType, entityId } = tabled.event
  const audiences = index.audiencesOf(entityType, entityId)
  return audiences && { ...tabled, audiences }
}
