import type { Frame } from '../../authorize/entity-update.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import { readRequest } from '#protocol/read-request.js'
import type { Request } from '#protocol/request.js'
import { stateRefusal, subscribed } from './subscription-snapshot.js'
import type { Client } from './client.js'
import { errorFrame, messageFrame } from './message-frame.js'
import { subscriptionRefusal } from './subscription-gate.js'

type Subscribe = Extract<Request, { type: 'subscribe' }>

/** Does what a client's text asks for, and returns the answer. */
export function answerTo(text: string, client: Client): Frame[] {
  const { dialect } = client
  const request = readRequest(text, dialect)
  if ('error' in request) return [errorFrame(request.error, dialect)]
  const { type, entity_id, entity_type, ref } = request
  const code = type === 'subscribe' ? subscribe(request, client) : unsubscribe(request, client)
  if (code !== undefined) return [errorFrame({ code, entity_id, ref }, dialect)]
  if (type === 'unsubscribe') return [messageFrame({ type: 'unsubscription_success', entity_id, entity_type, ref }, dialect)]
  return subscribed(request, client)
}

/** A binary frame is never a request. */
export function answerToBinary({ dialect }: Client): Frame {
  return errorFrame({ code: 'binary_frame' }, dialect)
}

function subscribe(request: Subscribe, client: Client): ProtocolErrorCode | undefined {
  const { entity_id, entity_type } = request
  const { subscriptions, rights, types } = client
  const isThere = subscriptions.has(entity_id, entity_type)
  const refusal = isThere ? undefined : (subscriptionRefusal(rights, types, entity_type) ?? subscriptions.limitReached())
  const code = refusal ?? stateRefusal(request, client)
  if (code === undefined && !isThere) subscriptions.add(entity_id, entity_type)
  return code
}

function unsubscribe({ entity_id, entity_type }: Request, { subscriptions }: Client): ProtocolErrorCode | undefined {
  return subscriptions.remove(entity_id, entity_type) ? undefined : 'not_subscribed'
}
