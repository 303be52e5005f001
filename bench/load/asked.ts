import { collectionId } from '#protocol/collection-id.js'
import type { Request } from '#protocol/request.js'
import { entityIdOf } from '../workload/order.js'
import type { ClientPlan, SubscriptionOptions } from './client-plan.js'

const entityType = 'order'

/** How a client subscribes to its entities: to each of them, or to the collection that they are. */
export function subscribesOf({ entities, where }: ClientPlan, options: SubscriptionOptions): Request[] {
  if (where !== undefined) return [{ type: 'subscribe', entity_type: entityType, where, snapshot: options.snapshot }]
  return entities.map((entity) => ({ type: 'subscribe', entity_id: entityIdOf(entity), ...options }))
}

/** How it ends what it has subscribed to by these options. */
export function unsubscribesOf({ entities, where }: ClientPlan, { entity_type }: SubscriptionOptions): Request[] {
  if (where !== undefined) return [{ type: 'unsubscribe', subscription: collectionId({ entity_type: entityType, where }) }]
  return entities.map((entity) => ({ type: 'unsubscribe', entity_id: entityIdOf(entity), ...(entity_type && { entity_type }) }))
}

/** What it asks for as soon as it is connected. Of a collection it has nothing until it is sent all. */
export function firstRequestsOf(plan: ClientPlan): Request[] {
  const { cursors, where, subscribesLater } = plan
  if (subscribesLater) return []
  if (cursors === undefined || where !== undefined) return subscribesOf(plan, where === undefined ? {} : { snapshot: true })
  return cursors.flatMap((since, index) => subscribesOf({ ...plan, entities: [plan.entities[index]!] }, { entity_type: entityType, since }))
}

/** How many messages tell that all is done: an answer to each, and the end of each snapshot. */
export function answersTo(requests: readonly Request[]): number {
  return requests.reduce((sum, request) => sum + ('snapshot' in request && request.snapshot ? 2 : 1), 0)
}
