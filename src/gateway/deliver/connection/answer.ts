import type { Frame } from '../../authorize/entity-update.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Client } from './client.js'
import * as protocol from './protocol.js'
import { refusalOf } from './subscription-gate.js'

/** Does what a client's text asks for, and says what became of it. */
export function answerTo(text: string, client: Client): Frame {
  const { dialect } = client
  const request = protocol.parseRequest(text, dialect)
  if ('error' in request) return protocol.errorFrame(request.error, dialect)
  const code = request.type === 'subscribe' ? subscribe(request, client) : unsubscribe(request, client)
  if (code === undefined) return protocol.successFrame(request, dialect)
  return protocol.errorFrame({ code, entityId: request.entityId, ref: request.ref }, dialect)
}

/** What is binary is no request. */
export function answerToBinary({ dialect }: Client): Frame {
  return protocol.errorFrame({ code: 'binary_frame' }, dialect)
}

function subscribe({ entityId, entityType }: protocol.Request, { subscriptions, rights, types }: Client): ProtocolErrorCode | undefined {
  if (subscriptions.has(entityId, entityType)) return undefined
  const refusal = refusalOf(rights, types, entityType) ?? subscriptions.refusal()
  if (refusal === undefined) subscriptions.add(entityId, entityType)
  return refusal
}

function unsubscribe({ entityId, entityType }: protocol.Request, { subscriptions }: Client): ProtocolErrorCode | undefined {
  return subscriptions.remove(entityId, entityType) ? undefined : 'not_subscribed'
}
