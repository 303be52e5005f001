import type { Frame } from '../../authorize/entity-update.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import { readRequest } from '#protocol/read-request.js'
import type { Request } from '#protocol/request.js'
import type { Client } from './client.js'
import { errorFrame, messageFrame } from './message-frame.js'
import { subscriptionRefusal } from './subscription-gate.js'

/** Does what a client's text asks for, and returns the answer. */
export function answerTo(text: string, client: Client): Frame {
  const { dialect } = client
  const request = readRequest(text, dialect)
  if ('error' in request) return errorFrame(request.error, dialect)
  const { entity_id, entity_type, ref } = request
  const code = request.type === 'subscribe' ? subscribe(request, client) : unsubscribe(request, client)
  if (code !== undefined) return errorFrame({ code, entity_id, ref }, dialect)
  const type = request.type === 'subscribe' ? 'subscription_success' : 'unsubscription_success'
  return messageFrame({ type, entity_id, entity_type, ref }, dialect)
}

/** A binary frame is never a request. */
export function answerToBinary({ dialect }: Client): Frame {
  return errorFrame({ code: 'binary_frame' }, dialect)
}

function subscribe({ entity_id, entity_type }: Request, { subscriptions, rights, types }: Client): ProtocolErrorCode | undefined {
  if (subscriptions.has(entity_id, entity_type)) return undefined
  const refusal = subscriptionRefusal(rights, types, entity_type) ?? subscriptions.limitReached()
  if (refusal === undefined) subscriptions.add(entity_id, entity_type)
  return refusal
}

function unsubscribe({ entity_id, entity_type }: Request, { subscriptions }: Client): ProtocolErrorCode | undefined {
  return subscriptions.remove(entity_id, entity_type) ? undefined : 'not_subscribed'
}
