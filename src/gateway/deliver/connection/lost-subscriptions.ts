// Enters: changed rights, or a type that is no longer streamed. Leaves: a frame for each subscription of one client that has nothing to
// show any more. The subscriptions stay, as the rights or the type may come back.
import type { Frame } from '../../authorize/entity-update.js'
import type { Rights } from '#policy/rights.js'
import type { Client } from './client.js'
import { errorFrame } from './message-frame.js'
import { subscriptionRefusal } from './subscription-gate.js'
import type { Subscription } from './subscription.js'

/** Reports the subscriptions that showed something under the rights of which the client last knew, and show nothing now. */
export function* tellingLostRights(client: Client): Generator<Frame> {
  const { rights, subscriptions, types } = client
  const former = rights.takeFormer()
  if (former === undefined) return
  const showsSome = (by: Rights, type: string | undefined) => subscriptionRefusal(by, types, type) === undefined
  for (const { entityId, entityType } of subscriptions.all()) {
    if (showsSome(former, entityType) && !showsSome(rights, entityType))
      yield errorFrame({ code: 'forbidden', entity_id: entityId, entity_type: entityType }, client)
  }
}

/** Reports the subscriptions to this type, and those without a type through which the client was sent an entity of it. */
export function* tellingStopped(entityType: string, client: Client): Generator<Frame> {
  const { rights, subscriptions, collections } = client
  // A client whose rights no longer show the type must not learn anything about it.
  if (rights.audienceOf(entityType) === undefined) return
  for (const subscription of subscriptions.all()) {
    const about = { entity_id: subscription.entityId, entity_type: entityType }
    if (isConcerned(subscription, entityType)) yield errorFrame({ code: 'entity_type_stopped', ...about }, client)
  }
  for (const collection of collections.all())
    if (collection.entityType === entityType) yield errorFrame({ code: 'entity_type_stopped', ...collection.name }, client)
}

function isConcerned(subscription: Subscription, entityType: string): boolean {
  return subscription.entityType === undefined ? subscription.wasSent(entityType) : subscription.entityType === entityType
}
