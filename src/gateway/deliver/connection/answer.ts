import type { Frame } from '../../authorize/entity-update.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import { readRequests } from '#protocol/read-request.js'
import type { EntityRequest, Request } from '#protocol/request.js'
import { subscribeCollection, unsubscribeCollection } from './collection-answers.js'
import { tellEntityChanges } from './page-changes.js'
import { stateRefusal, subscribed, type Answer } from './subscription-snapshot.js'
import type { Client, Subscribe, Unsubscribe } from './client.js'
import { errorFrame, messageFrame } from './message-frame.js'
import { subscriptionRefusal } from './subscription-gate.js'
import { optionsFor } from './subscription-options.js'

/** Does what a client's text asks for, and returns the answers. */
export function answersTo(text: string, client: Client): readonly Answer[] {
  return readRequests(text, client.dialect).flatMap((request) => {
    return 'error' in request ? [errorFrame(request.error, client)] : answersToRequest(request, client)
  })
}

function answersToRequest(request: Request, client: Client): readonly Answer[] {
  if ('where' in request) return subscribeCollection(request, client)
  if ('subscription' in request) return unsubscribeCollection(request, client)
  switch (request.type) {
    case 'subscribe':
      return subscribe(request, client)
    case 'unsubscribe':
      return unsubscribe(request, client)
    case 'ping':
      return [messageFrame({ type: 'pong', ref: request.ref }, client.dialect)]
    case 'authenticate':
      return client.authenticate(request)
  }
}

/** A binary frame is never a request. */
export function answerToBinary(client: Client): Frame {
  return errorFrame({ code: 'binary_frame' }, client)
}

function subscribe(request: Subscribe, client: Client): Answer[] {
  const { entity_id } = request
  // What stands already must stand by the rights of now too, as the page is compared by entity.
  tellEntityChanges(entity_id, client)
  const first = answersToOvertaken(request, client)
  const code = refusal(request, client)
  if (code !== 'cursor_ahead' || isCovered(request, client)) return [...first, ...subscribeUnless(code, request, client)]
  client.waitToRead(request)
  return first
}

/** Of a request that waited: undefined where it is to wait on. */
export function answersAtLast(request: Subscribe, isLastLook: boolean, client: Client): Answer[] | undefined {
  const code = refusal(request, client)
  if (code === 'cursor_ahead' && !isLastLook) return undefined
  tellEntityChanges(request.entity_id, client)
  return subscribeUnless(code, request, client)
}

function subscribeUnless(code: ProtocolErrorCode | undefined, request: Subscribe, client: Client): Answer[] {
  const { entity_id, entity_type, ref } = request
  if (code !== undefined) return [errorFrame({ code, entity_id, entity_type, ref, chance: client.random() }, client)]
  const isLate = isCovered(request, client)
  client.subscriptions.put(entity_id, entity_type, optionsFor(request, client.dialect))
  return subscribed(request, isLate, client)
}

/** Whether updates of the entity come already: what came after a cursor would be told behind later ones. */
function isCovered({ entity_id, entity_type }: Subscribe, { subscriptions }: Client): boolean {
  return subscriptions.listedOf(entity_id).some((listed) => listed.entityType === undefined || listed.entityType === entity_type)
}

function answersToOvertaken(request: EntityRequest, client: Client): Frame[] {
  return client.overtakenBy(request).map(({ entity_id, entity_type, ref }) => {
    return errorFrame({ code: 'cursor_ahead', entity_id, entity_type, ref, chance: client.random() }, client)
  })
}

function refusal(request: Subscribe, client: Client): ProtocolErrorCode | undefined {
  const { entity_id, entity_type } = request
  const { subscriptions, rights, types } = client
  const isThere = subscriptions.has(entity_id, entity_type)
  const code = isThere ? undefined : (subscriptionRefusal(rights, types, entity_type) ?? subscriptions.limitReached())
  return code ?? stateRefusal(request, client)
}

function unsubscribe(request: Unsubscribe, client: Client): Frame[] {
  const { entity_id, entity_type, ref } = request
  // What it covers stands by itself from now on, and must stand by the rights of now.
  if (entity_type === undefined) tellEntityChanges(entity_id, client)
  const overtaken = answersToOvertaken(request, client)
  const wasThere = client.subscriptions.remove(entity_id, entity_type) || overtaken.length > 0
  if (!wasThere) return [errorFrame({ code: 'not_subscribed', entity_id, entity_type, ref }, client)]
  return [...overtaken, messageFrame({ type: 'unsubscription_success', entity_id, entity_type, ref }, client.dialect)]
}
