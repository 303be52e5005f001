import type { Frame } from '../../authorize/entity-update.js'
import type { Dialect } from '#protocol/dialect.js'
import type { Rights } from '#policy/rights.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { ConnectionSubscriptions } from './connection-subscriptions.js'
import * as protocol from './protocol.js'
import { refusalOf, type KnownTypes } from './subscription-gate.js'

/** The connection that a request comes from. */
interface Asking {
  readonly dialect: Dialect
  readonly subscriptions: ConnectionSubscriptions
  readonly rights: Rights
  readonly types: KnownTypes
}

/** Does what a client's text asks for, and says what became of it. */
export function answerTo(text: string, asking: Asking): Frame {
  const { dialect } = asking
  const request = protocol.parseRequest(text, dialect)
  if ('error' in request) return protocol.errorFrame(request.error, dialect)
  const code = request.type === 'subscribe' ? subscribe(request, asking) : unsubscribe(request, asking)
  if (code === undefined) return protocol.successFrame(request, dialect)
  return protocol.errorFrame({ code, entityId: request.entityId, ref: request.ref }, dialect)
}

function subscribe({ entityId, entityType }: protocol.Request, { subscriptions, rights, types }: Asking): ProtocolErrorCode | undefined {
  if (subscriptions.has(entityId, entityType)) return undefined
  const refusal = refusalOf(rights, types, entityType) ?? subscriptions.refusal()
  if (refusal === undefined) subscriptions.add(entityId, entityType)
  return refusal
}

function unsubscribe({ entityId, entityType }: protocol.Request, { subscriptions }: Asking): ProtocolErrorCode | undefined {
  return subscriptions.remove(entityId, entityType) ? undefined : 'not_subscribed'
}
