import { collectionId } from '#protocol/collection-id.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { CollectionEnd, CollectionRequest } from '#protocol/request.js'
import { type Collection, CollectionError } from '#policy/collection/collection.js'
import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { Frame } from '../../authorize/entity-update.js'
import type { NoteFault } from '../../observe/judging-faults.js'
import type { Client } from './client.js'
import { errorFrame, messageFrame } from './message-frame.js'
import { subscriptionRefusal } from './subscription-gate.js'
import { optionsFor } from './subscription-options.js'

/** What a client that asks for a collection is answered; what passes is sent behind it. */
export function subscribeCollection(request: CollectionRequest, client: Client): Frame[] {
  const { entity_type, where, fields, ref } = request
  const id = collectionId(request)
  const refused = (code: ProtocolErrorCode) => [errorFrame({ code, entity_type, ref, chance: client.random() }, client)]
  try {
    const collection = client.collections.define({ id, entityType: entity_type, where, fields })
    const code = refusal(collection, client)
    return code === undefined ? subscribed(collection, request, client) : refused(code)
  } catch (error) {
    if (error instanceof CollectionError) return refused(error.code)
    throw error
  }
}

function subscribed(collection: Collection, request: CollectionRequest, client: Client): Frame[] {
  const subscription = client.collections.put(collection, optionsFor(request, client.dialect))
  if (request.snapshot === true) {
    subscription.ref = request.ref
    client.collections.snapshot(subscription)
  }
  return [messageFrame({ type: 'subscription_success', ...subscription.name, ref: request.ref }, client.dialect)]
}

function refusal(collection: Collection, client: Client): ProtocolErrorCode | undefined {
  const { entityType } = collection
  const { collections, state, subscriptions } = client
  const isThere = collections.get(collection.id) !== undefined
  const code = isThere ? undefined : (collectionRefusal(collection, client) ?? collections.limitReached(subscriptions.size))
  return code ?? (state.isKnown(entityType) ? undefined : 'state_unavailable')
}

/** Why nothing can be shown of the collection by the rights of now, if so. */
function collectionRefusal(collection: Collection, { rights, types }: Pick<Client, 'rights' | 'types'>): ProtocolErrorCode | undefined {
  const { entityType } = collection
  const code = subscriptionRefusal(rights, types, entityType)
  if (code !== undefined) return code
  return collection.namesOnlyShown(rights.audienceOf(entityType)!, types.streamableSchemasOf(entityType)) ? undefined : 'field_unknown'
}

/** Undefined where the rights of now show nothing of the collection, or cannot be worked out. */
export function collectionAudience(
  collection: Collection,
  { rights, types }: Pick<Client, 'rights' | 'types'>,
  noteFault: NoteFault,
): CollectionAudience | undefined {
  const { entityType } = collection
  const base = rights.audienceOf(entityType)
  if (base === undefined) return undefined
  try {
    return collection.namesOnlyShown(base, types.streamableSchemasOf(entityType)) ? collection.audienceOf(base) : undefined
  } catch (error) {
    noteFault('rights', entityType, error)
    return undefined
  }
}

export function lostCollectionFrame(collection: Collection, client: Client): Frame {
  const code = collectionRefusal(collection, client) ?? 'forbidden'
  return errorFrame({ code, subscription: collection.id, entity_type: collection.entityType }, client)
}

export function unsubscribeCollection({ subscription, ref }: CollectionEnd, client: Client): Frame[] {
  const entityType = client.collections.get(subscription)?.entityType
  if (entityType === undefined) return [errorFrame({ code: 'not_subscribed', subscription, ref }, client)]
  client.leaveCollection(subscription)
  return [messageFrame({ type: 'unsubscription_success', subscription, entity_type: entityType, ref }, client.dialect)]
}
