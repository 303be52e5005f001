// Route. Enters: a change event with what was before. Leaves: the same event with its audiences, and the collections that it may concern.
// Dropped: an event that concerns nobody, whose data is never read. Fails: nothing.
import type { TabledEvent } from '../table/table.js'
import type { CollectionIndex, CollectionRoutable } from './collection-index.js'
import { Remembered } from './remembered.js'
import type { EntityAudiences, Routable } from './entity-audiences.js'
import type { StandingCollection } from './standing-collection.js'
import type { SubscriptionIndex } from './subscription-index.js'

/** What routing hands on. */
export interface RoutedEvent<S extends Routable, C extends CollectionRoutable> extends TabledEvent {
  /** Those who have subscribed to the entity, if any. */
  readonly audiences: EntityAudiences<S> | undefined
  readonly collections: readonly StandingCollection<C>[]
}

/** Undefined where nobody has subscribed to the event's entity, or to a collection that it may concern. */
export function route<S extends Routable, C extends CollectionRoutable>(
  tabled: TabledEvent,
  index: SubscriptionIndex<S>,
  collectionIndex: CollectionIndex<C>,
): RoutedEvent<S, C> | undefined {
  const { entityType, entityId } = tabled.event
  const audiences = index.audiencesOf(entityType, entityId)
  if (!collectionIndex.has(entityType) || tabled.before === undefined)
    return audiences && { event: tabled.event, before: tabled.before, audiences, collections: none }
  const { event } = tabled
  const before = new Remembered(tabled.before)
  const collections = collectionIndex.concernedBy(event, before)
  return audiences === undefined && collections.length === 0 ? undefined : { event, before, audiences, collections }
}

const none: never[] = []
