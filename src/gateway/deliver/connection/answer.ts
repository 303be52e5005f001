import type { Frame } from '../../authorize/entity-update.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import { readRequests } from '#protocol/read-request.js'
import type { Request } from '#protocol/request.js'
import { entityChanges } from './page-changes.js'
import { stateRefusal, subscribed } from './subscription-snapshot.js'
import type { Client } from './client.js'
import { errorFrame, messageFrame } from './message-frame.js'
import { subscriptionRefusal } from './subscription-gate.js'

type Subscribe = Extract<Request, { type: 'subscribe' }>
type Unsubscribe = Extract<Request, { type: 'unsubscribe' }>

/** Does what a client's text asks for, and returns the answers. */
export function answersTo(text: string, client: Client): readonly Frame[] {
  return readRequests(text, client.dialect).flatMap((request) => {
    return 'error' in request ? [errorFrame(request.error, client.dialect)] : answersToRequest(request, client)
  })
}

function answersToRequest(request: Request, client: Client): readonly Frame[] {
  switch (request.type) {
    case 'subscribe':
      return subscribe(request, client)
    case 'unsubscribe':
      return [unsubscribe(request, client)]
    case 'ping':
      return [messageFrame({ type: 'pong', ref: request.ref }, client.dialect)]
    case 'authenticate':
      return client.authenticate(request)
  }
}

/** A binary frame is never a request. */
export function answerToBinary({ dialect }: Client): Frame {
  return errorFrame({ code: 'binary_frame' }, dialect)
}

function subscribe(request: Subscribe, client: Client): Frame[] {
  const { entity_id, entity_type, ref } = request
  // What stands already must stand by the rights of now too, as the page is compared by entity.
  const changes = [...entityChanges(entity_id, client)]
  const code = refusal(request, client)
  if (code !== undefined) return [...changes, errorFrame({ code, entity_id, entity_type, ref }, client.dialect)]
  if (!client.subscriptions.has(entity_id, entity_type)) client.subscriptions.add(entity_id, entity_type)
  return [...changes, ...subscribed(request, client)]
}

function refusal(request: Subscribe, client: Client): ProtocolErrorCode | undefined {
  const { entity_id, entity_type } = request
  const { subscriptions, rights, types } = client
  const isThere = subscriptions.has(entity_id, entity_type)
  const code = isThere ? undefined : (subscriptionRefusal(rights, types, entity_type) ?? subscriptions.limitReached())
  return code ?? stateRefusal(request, client)
}

function unsubscribe({ entity_id, entity_type, ref }: Unsubscribe, { dialect, subscriptions }: Client): Frame {
  if (subscriptions.remove(entity_id, entity_type))
    return messageFrame({ type: 'unsubscription_success', entity_id, entity_type, ref }, dialect)
  return errorFrame({ code: 'not_subscribed', entity_id, entity_type, ref }, dialect)
}
