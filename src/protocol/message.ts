import * as v from 'valibot'
import { protocolErrors, retryAfterMs, type ProtocolErrorCode } from './codes.js'
import type { Dialect } from './dialect.js'
import { addition, jsonObject, member, memberOfAddition, ref, type Ref } from './member.js'

const entityId = member(v.string(), 'The entity, as in the request.')
const entityType = addition(v.string(), 'As in the request.')
const mark = addition(ref, 'As in the request.')
const expiresIn = 'In how many seconds the token ends, and the connection with it.'

/** How a message about a collection as a whole names it. */
const collection = {
  subscription: memberOfAddition(
    v.string(),
    'The collection: its id, made of type, `where` and `fields` alone, the same for all users and servers.',
  ),
  entity_type: memberOfAddition(v.string(), 'The type of its entities.'),
}
const itsCollection = addition(v.string(), 'The collection by which the client is told, where it is one.')

/** Everything that the server says. Codes and operations are any text to a reader, as a later server may know more of them. */
export const messageShapes = [
  v.object({
    type: v.literal('connection_established'),
    client_id: member(v.string(), 'The client, as in the address.'),
    message: member(v.string(), 'For people.'),
    features: addition(v.array(v.string()), 'What this server can: names of this page.'),
    limits: addition(
      v.object({
        subscriptions: v.number(),
        frames_per_second: v.number(),
        bytes_per_frame: v.number(),
        frame_bytes: v.number(),
        collections: v.optional(v.number()),
      }),
      'Of this connection: its subscriptions; its frames a second, where as many bytes as `bytes_per_frame` count as one more; the bytes of one frame; its collections.',
    ),
    node: addition(v.string(), 'Which of several servers this is.'),
    token_expires_in_s: addition(v.number(), expiresIn),
  }),
  v.object({
    type: v.literal('subscription_success'),
    entity_id: entityId,
    entity_type: entityType,
    ref: mark,
    resumed: addition(v.boolean(), 'Whether all that came after `since` follows; otherwise the latest version does.'),
    reason: addition(v.string(), 'Why it was not resumed: `expired`, `none`, `no_state` or `too_much`.'),
    cursor: addition(v.string(), 'Which version of the entity the client knows now.'),
  }),
  v.object({ type: v.literal('subscription_success'), ...collection, ref: mark }),
  v.object({ type: v.literal('unsubscription_success'), entity_id: entityId, entity_type: entityType, ref: mark }),
  v.object({ type: v.literal('unsubscription_success'), ...collection, ref: mark }),
  v.object({
    type: v.literal('entity_update'),
    entity_id: member(v.string(), 'The entity that has changed.'),
    entity_type: member(v.string(), 'Its type.'),
    operation: member(
      v.string(),
      'What happened to what the client may see: `create`, `update`, `delete`; or `snapshot`, where it is only told.',
    ),
    data: member(jsonObject, 'All of the entity that the client may see, as it is now; `{}` of a delete.'),
    timestamp: addition(v.string(), 'When it changed, as the event says: ISO 8601, UTC, in milliseconds.'),
    cursor: addition(v.string(), 'Which version of the entity this is; of a collection there is none.'),
    subscription: itsCollection,
  }),
  v.object({
    type: v.literal('snapshot_complete'),
    entity_id: memberOfAddition(v.string(), 'The entity, as in the request.'),
    entity_type: entityType,
    ref: mark,
    count: memberOfAddition(v.number(), 'How many entities the snapshot had: 0 where there is nothing that the client may see.'),
    cursor: addition(v.string(), 'Which version of the entity the client knows now.'),
  }),
  v.object({
    type: v.literal('snapshot_complete'),
    ...collection,
    ref: mark,
    count: memberOfAddition(v.number(), 'How many entities were sent. What the client has of others is gone from the collection.'),
  }),
  v.object({ type: v.literal('snapshot_started'), ...collection }),
  v.object({
    type: v.literal('reconnect'),
    within_ms: memberOfAddition(v.number(), 'This server is about to end. Connect again at any moment within so many milliseconds.'),
  }),
  v.object({ type: v.literal('pong'), ref: mark }),
  v.object({ type: v.literal('authenticated'), ref: mark, token_expires_in_s: memberOfAddition(v.number(), expiresIn) }),
  v.object({ type: v.literal('token_expiring'), token_expires_in_s: memberOfAddition(v.number(), expiresIn) }),
  v.object({
    type: v.literal('gap'),
    entity_id: memberOfAddition(v.string(), 'The entity of which updates were left out, as the client could not be written to.'),
    entity_type: memberOfAddition(v.string(), 'Its type.'),
    missed: memberOfAddition(v.number(), 'How many were left out: without the one that follows, where one does.'),
    subscription: itsCollection,
  }),
  v.object({
    type: v.literal('error'),
    message: member(v.string(), 'What is wrong, for people.'),
    code: addition(v.string(), 'What is wrong, for programs: one of the error codes.'),
    entity_id: addition(v.string(), 'The entity that it is about.'),
    entity_type: addition(v.string(), 'The entity type that it is about.'),
    subscription: addition(v.string(), 'The collection that it is about.'),
    ref: addition(ref, 'As in the request that it answers.'),
    retry_after_ms: addition(v.number(), 'Where waiting helps: after how many milliseconds to ask again.'),
  }),
] as const

const anyMessage = v.variant('type', messageShapes)
export type ServerMessage = v.InferOutput<typeof anyMessage>
export type UpdateMessage = Extract<ServerMessage, { type: 'entity_update' }>

/** One of the protocol's errors, with whatever is known of what it is about. */
export interface ProtocolError {
  readonly code: ProtocolErrorCode
  readonly entity_id?: string | undefined
  readonly entity_type?: string | undefined
  readonly subscription?: string | undefined
  readonly ref?: Ref | undefined
  /** The request's member that is at fault, for `not_supported`. */
  readonly member?: string | undefined
  /** From 0 up to 1: spreads the times at which clients that are refused together ask again. */
  readonly chance?: number
}

/** What the first message says of the server. */
export type Greeting = Pick<Extract<ServerMessage, { type: 'connection_established' }>, 'features' | 'limits' | 'node'>

/** The first message on every connection. */
export function connectionEstablished(clientId: string, greeting: Greeting = {}, token_expires_in_s?: number): ServerMessage {
  const message = 'Connected to WebSocket server'
  return { type: 'connection_established', client_id: clientId, message, ...greeting, token_expires_in_s }
}

export function errorMessage({ code, member = '', entity_id, entity_type, subscription, ref, chance = 0 }: ProtocolError): ServerMessage {
  const message = protocolErrors[code].replace('{member}', () => member).replace('{entity_type}', () => entity_type ?? '')
  return { type: 'error', message, code, entity_id, entity_type, subscription, ref, retry_after_ms: retryAfterMs(code, chance) }
}

/** Members that are undefined are left out. Lone surrogates leave as escapes, so that what is sent is always UTF-8. */
export function writeMessage(message: ServerMessage, dialect: Dialect): string {
  return JSON.stringify(dialect === 'seed' ? { ...message, ...withoutAdditions[message.type] } : message)
}

/** Undefined for what is no message of the server. Members that are unknown are dropped, so that a later server can say more. */
export function readMessage(text: string): ServerMessage | undefined {
  try {
    return readMessageIn(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** As `readMessage`, of what was parsed already. */
export function readMessageIn(json: unknown): ServerMessage | undefined {
  const result = v.safeParse(anyMessage, json)
  return result.success ? result.output : undefined
}

/** By type: each member that the seed's dialect does not have, as undefined. */
const withoutAdditions: Record<string, Record<string, undefined>> = {}
for (const { entries } of messageShapes) {
  const additions = Object.entries<v.GenericSchema>(entries).filter(([, { type }]) => type === 'optional')
  Object.assign((withoutAdditions[entries.type.literal] ??= {}), Object.fromEntries(additions.map(([name]) => [name, undefined])))
}
