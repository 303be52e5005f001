// Enters: that rights have changed, or that a type is streamed no more. Leaves: a frame for each subscription of one client by which nothing
// comes any more. The subscriptions stay, as the rights may come back, and the type too.
import type { Frame } from '../../authorize/entity-update.js'
import type { Rights } from '#policy/rights.js'
import type { Client } from './client.js'
import { errorFrame } from './message-frame.js'
import { refusalOf } from './subscription-gate.js'
import type { Subscription } from './subscription.js'

/** Of those that had something to show by the rights that the client was last told of, and have nothing now. */
export function* tellingLostRights({ dialect, rights, subscriptions, types }: Client): Generator<Frame> {
  const former = rights.takeFormer()
  if (former === undefined) return
  const showsSome = (by: Rights, type: string | undefined) => refusalOf(by, types, type) === undefined
  for (const { entityId, entityType } of subscriptions.all()) {
    if (showsSome(former, entityType) && !showsSome(rights, entityType))
      yield errorFrame({ code: 'forbidden', entity_id: entityId }, dialect)
  }
}

/** Of those to this type alone, and those by which the client was sent an entity of it. */
export function* tellingStopped(entityType: string, { dialect, rights, subscriptions }: Client): Generator<Frame> {
  // A client whose rights show nothing of the type any more learns nothing of it any more.
  if (rights.audienceOf(entityType) === undefined) return
  for (const subscription of subscriptions.all()) {
    const about = { entity_id: subscription.entityId, entity_type: entityType }
    if (isConcerned(subscription, entityType)) yield errorFrame({ code: 'entity_type_stopped', ...about }, dialect)
  }
}

function isConcerned(subscription: Subscription, entityType: string): boolean {
  return subscription.entityType === undefined ? subscription.wasSent(entityType) : subscription.entityType === entityType
}
