/**
 * Enters: the text of a client's frame. Leaves: its requests, each as it is or as the error that answers it. Members that are unknown are
 * dropped. Nothing here throws, whatever the text.
 */
import * as v from 'valibot'
import { isJsonObject } from '#text/json-object.js'
import type { ProtocolErrorCode } from './codes.js'
import type { Dialect } from './dialect.js'
import { name, ref as refShape, type Ref } from './member.js'
import type { ProtocolError } from './message.js'
import {
  collectionEndMembers,
  collectionMembers,
  entityMembers,
  listMax,
  reservedMembers,
  type EntityRequest,
  type Request,
} from './request.js'

type Outcome = Request | { readonly error: ProtocolError }

/** No entity is called so, and who asks for it means all: nothing would ever come. One in the midst of an id may belong to it. */
const wildcard = /^\*+$/

/**
 * Each member may stand at the top level or inside `data`; the top level wins. Members of `sluice.v1` that are null are absent, as some
 * libraries write them so. To the seed's dialect they are unknown members like any other. Of a list each is read by itself: one that is bad
 * leaves the others standing.
 */
export function readRequests(text: string, dialect: Dialect): readonly Outcome[] {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return [{ error: { code: 'not_json' } }]
  }
  if (!isJsonObject(message)) return [{ error: { code: 'not_an_object' } }]
  const members = new Members(message)
  return dialect === 'seed' ? [readSeedRequest(members, members.get('type'))] : readV1Requests(members)
}

function readV1Requests(members: Members): readonly Outcome[] {
  const type = members.get('type')
  const ref = members.get('ref') ?? undefined
  if (ref !== undefined && !isRef(ref)) return [{ error: { code: 'ref_invalid', entity_id: knownEntityId(members) } }]
  if (type === 'ping') return [{ type, ref }]
  if (type === 'authenticate') return [readAuthenticate(members.get('token'), ref)]
  const list = members.get('subscriptions') ?? undefined
  if (list === undefined || !isAboutEntity(type)) return [readV1Request(members, type, ref)]
  if (!Array.isArray(list) || list.length === 0 || list.length > listMax) return [{ error: { code: 'subscriptions_invalid', ref } }]
  return list.map((one: unknown) => readListed(one, type))
}

function readAuthenticate(token: unknown, ref: Ref | undefined): Outcome {
  return typeof token === 'string' && token !== '' ? { type: 'authenticate', token, ref } : { error: { code: 'token_missing', ref } }
}

function readListed(one: unknown, type: EntityRequest['type']): Outcome {
  if (!isJsonObject(one)) return { error: { code: 'not_an_object' } }
  const members = new Members(one)
  const ref = members.get('ref') ?? undefined
  if (ref !== undefined && !isRef(ref)) return { error: { code: 'ref_invalid', entity_id: knownEntityId(members) } }
  return readV1Request(members, type, ref)
}

function readSeedRequest(members: Members, type: unknown): EntityRequest | { readonly error: ProtocolError } {
  const entity_id = members.get('entity_id')
  if (!isAboutEntity(type)) return { error: { code: typeError(type), entity_id: knownEntityId(members) } }
  if (!isName(entity_id)) return { error: { code: entityIdError(entity_id) } }
  if (type === 'subscribe' && wildcard.test(entity_id)) return { error: { code: 'entity_id_wildcard', entity_id } }
  return { type, entity_id }
}

function readV1Request(members: Members, type: unknown, ref: Ref | undefined): Outcome {
  const outcome = readByForm(members, type)
  return 'error' in outcome ? { error: { ...outcome.error, ref } } : outcome
}

function readByForm(members: Members, type: unknown): Outcome {
  if (type === 'subscribe' && members.has('where')) return readCollection(members)
  if (type === 'unsubscribe' && (members.has('subscription') || members.has('where'))) return readCollectionEnd(members)
  return readEntityRequest(members, type)
}

function readCollection(members: Members): Outcome {
  if (members.has('entity_id')) return { error: { code: 'where_invalid', entity_id: knownEntityId(members) } }
  const outcome = readMembers(members, collectionMembers, ['since', ...reservedMembers])
  return 'error' in outcome ? outcome : { type: 'subscribe', ...outcome }
}

function readCollectionEnd(members: Members): Outcome {
  if (members.has('entity_id')) return { error: { code: 'subscription_invalid', entity_id: knownEntityId(members) } }
  const outcome = readMembers(members, collectionEndMembers, reservedMembers)
  return 'error' in outcome ? outcome : { type: 'unsubscribe', ...outcome }
}

function readEntityRequest(members: Members, asked: unknown): Outcome {
  const request = readSeedRequest(members, asked)
  if ('error' in request) return request
  const { type, entity_id } = request
  const outcome = readMembers(members, entityMembers, ['fields', ...reservedMembers])
  if ('error' in outcome) return { error: { ...outcome.error, entity_id } }
  const { entity_type, since, ref } = outcome
  if (since !== undefined && entity_type === undefined) return { error: { code: 'cursor_invalid', entity_id } }
  return type === 'subscribe' ? { type, ...outcome } : { type, entity_id, entity_type, ref }
}

/** @param unsupported members that must not be ignored. */
function readMembers<E extends v.ObjectEntries>(
  members: Members,
  shape: v.ObjectSchema<E, undefined>,
  unsupported: readonly string[],
): v.InferOutput<v.ObjectSchema<E, undefined>> | { readonly error: ProtocolError } {
  const present = Object.keys(shape.entries).map((name) => [name, members.get(name) ?? undefined])
  const result = v.safeParse(shape, Object.fromEntries(present), { abortEarly: true })
  if (!result.success) return { error: { code: faults[String(result.issues[0].path?.[0].key)]! } }
  const member = unsupported.find((name) => members.has(name))
  return member === undefined ? result.output : { error: { code: 'not_supported', member } }
}

/** By the member that is not as its shape says, or is missing. */
const faults: Readonly<Record<string, ProtocolErrorCode>> = {
  entity_type: 'entity_type_invalid',
  snapshot: 'snapshot_invalid',
  since: 'cursor_invalid',
  on_slow: 'on_slow_invalid',
  max_hz: 'max_hz_invalid',
  where: 'where_invalid',
  fields: 'fields_invalid',
  subscription: 'subscription_invalid',
}

/** What can be said of a request that is wrong elsewhere. */
function knownEntityId(members: Members): string | undefined {
  const entityId = members.get('entity_id')
  return isName(entityId) ? entityId : undefined
}

/** Own members only, so that nothing is read from a prototype, whatever the client calls its members. */
class Members {
  private readonly data: Record<string, unknown>

  constructor(private readonly message: Record<string, unknown>) {
    const data = Object.hasOwn(message, 'data') ? message['data'] : undefined
    this.data = isJsonObject(data) ? data : {}
  }

  /** Whether it is there and not null. */
  has(name: string): boolean {
    return (this.get(name) ?? undefined) !== undefined
  }

  get(name: string): unknown {
    if (Object.hasOwn(this.message, name)) return this.message[name]
    return Object.hasOwn(this.data, name) ? this.data[name] : undefined
  }
}

function isAboutEntity(type: unknown): type is EntityRequest['type'] {
  return type === 'subscribe' || type === 'unsubscribe'
}

function typeError(type: unknown): ProtocolErrorCode {
  return typeof type === 'string' ? 'type_unknown' : 'type_missing'
}

function entityIdError(entityId: unknown): ProtocolErrorCode {
  return typeof entityId === 'string' ? 'entity_id_invalid' : 'entity_id_missing'
}

function isName(value: unknown): value is string {
  return v.is(name, value)
}

function isRef(value: unknown): value is Ref {
  return v.is(refShape, value)
}
