/**
 * Enters: the text of a client's frame. Leaves: a request, or the error that answers it; and the frames of all answers.
 * Members that are unknown are dropped. Nothing here throws, whatever the text.
 */
import { frameOf, type Frame } from '../../authorize/entity-update.js'
import type { Dialect } from '#protocol/dialect.js'
import { nameCharactersMax } from '#entities.js'
import { protocolErrors, type ProtocolErrorCode } from '#protocol/codes.js'

export interface Request {
  readonly type: 'subscribe' | 'unsubscribe'
  /** 1 to 256 characters. */
  readonly entityId: string
  /** 1 to 256 characters. Only ever set under `sluice.v1`. */
  readonly entityType: string | undefined
  /** The client's own mark on the request, echoed in its answer. Only ever set under `sluice.v1`. */
  readonly ref: Ref | undefined
}

export type Ref = string | number

/** Why a request is refused, with whatever is known of it. */
export interface RequestError {
  readonly code: ProtocolErrorCode
  readonly entityId?: string | undefined
  readonly ref?: Ref | undefined
  /** The member that is at fault, for `not_supported`. */
  readonly member?: string | undefined
  /** The type that is at fault, for `entity_type_stopped`. */
  readonly entityType?: string | undefined
}

/** No entity is called so, and who asks for it means all: nothing would ever come. One in the midst of an id may belong to it. */
const wildcard = /^\*+$/

/** What `sluice.v1` will offer: ignoring one of them would deliver something else than what was asked for. */
const membersNotSupported = ['fields', 'since', 'snapshot', 'max_hz', 'on_slow', 'where'] as const

/**
 * Reads a request. `ref` and `entity_type` that are null are absent: so some libraries write them. Each member may stand at the top level or inside `data`; the top level wins. In the seed's dialect
 * `entity_type` and `ref` are unknown members like any other, so they are ignored.
 */
export function parseRequest(text: string, dialect: Dialect): Request | { readonly error: RequestError } {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return { error: { code: 'not_json' } }
  }
  if (!isObject(message)) return { error: { code: 'not_an_object' } }
  const members = new Members(message)
  return dialect === 'seed' ? readSeedRequest(members) : readV1Request(members)
}

function readSeedRequest(members: Members): Request | { error: RequestError } {
  const type = members.get('type')
  const entityId = members.get('entity_id')
  if (!isRequestType(type)) return { error: { code: typeError(type), entityId: knownEntityId(members) } }
  if (!isName(entityId)) return { error: { code: entityIdError(entityId) } }
  if (type === 'subscribe' && wildcard.test(entityId)) return { error: { code: 'entity_id_wildcard', entityId } }
  return { type, entityId, entityType: undefined, ref: undefined }
}

function readV1Request(members: Members): Request | { error: RequestError } {
  const ref = members.get('ref') ?? undefined
  if (ref !== undefined && !isRef(ref)) return { error: { code: 'ref_invalid', entityId: knownEntityId(members) } }
  const request = readSeedRequest(members)
  if ('error' in request) return { error: { ...request.error, ref } }
  const { type, entityId } = request
  const entityType = members.get('entity_type') ?? undefined
  if (entityType !== undefined && !isName(entityType)) return { error: { code: 'entity_type_invalid', entityId, ref } }
  const member = membersNotSupported.find((name) => members.get(name) !== undefined)
  if (member !== undefined) return { error: { code: 'not_supported', entityId, ref, member } }
  return { type, entityId, entityType, ref }
}

/** What can be said of a request that is wrong elsewhere. */
function knownEntityId(members: Members): string | undefined {
  const entityId = members.get('entity_id')
  return isName(entityId) ? entityId : undefined
}

/** The first frame on every connection. */
export function connectionEstablished(clientId: string): Frame {
  return answerFrame({ type: 'connection_established', client_id: clientId, message: 'Connected to WebSocket server' })
}

export function successFrame({ type, entityId, entityType, ref }: Request, dialect: Dialect): Frame {
  const answer = { type: type === 'subscribe' ? 'subscription_success' : 'unsubscription_success', entity_id: entityId }
  return answerFrame(dialect === 'seed' ? answer : { ...answer, entity_type: entityType, ref })
}

export function errorFrame({ code, entityId, ref, member = '', entityType }: RequestError, dialect: Dialect): Frame {
  const message = protocolErrors[code].replace('{member}', () => member).replace('{entity_type}', () => entityType ?? '')
  const answer = { type: 'error', message }
  return answerFrame(dialect === 'seed' ? answer : { ...answer, code, entity_id: entityId, entity_type: entityType, ref })
}

/** Members that are undefined are left out. Lone surrogates leave as escapes, so that what is sent is always UTF-8. */
function answerFrame(message: Record<string, unknown>): Frame {
  return frameOf(JSON.stringify(message))
}

/** Own members only, so that nothing is read from a prototype, whatever the client calls its members. */
class Members {
  private readonly data: Record<string, unknown>

  constructor(private readonly message: Record<string, unknown>) {
    const data = Object.hasOwn(message, 'data') ? message['data'] : undefined
    this.data = isObject(data) ? data : {}
  }

  get(name: string): unknown {
    if (Object.hasOwn(this.message, name)) return this.message[name]
    return Object.hasOwn(this.data, name) ? this.data[name] : undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRequestType(type: unknown): type is Request['type'] {
  return type === 'subscribe' || type === 'unsubscribe'
}

function typeError(type: unknown): ProtocolErrorCode {
  return typeof type === 'string' ? 'type_unknown' : 'type_missing'
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= nameCharactersMax
}

function entityIdError(entityId: unknown): ProtocolErrorCode {
  return typeof entityId === 'string' ? 'entity_id_invalid' : 'entity_id_missing'
}

/** An integer beyond 2^53 would be echoed as another one. */
function isRef(value: unknown): value is Ref {
  if (typeof value === 'string') return value.length <= nameCharactersMax
  return typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}
