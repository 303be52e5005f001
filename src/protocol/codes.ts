/** Every error code, close code and refusal by HTTP of the protocol. The tables of its manual are made from this file. */
import { closeNumbers } from './close-codes.js'

/** What may be wrong with a token, by which an upgrade is refused, or a new token for an open connection. */
const tokenErrors = {
  token_invalid: 'The token is not valid.',
  token_expired: 'The token has expired.',
  token_not_active: 'The token is not valid yet.',
  token_revoked: 'The token was revoked.',
  keys_unavailable: 'The keys that verify tokens cannot be fetched now.',
} as const
export type TokenErrorCode = keyof typeof tokenErrors

/** Sent as `error`: the message to every client, the code to those that speak `sluice.v1`. */
export const protocolErrors = {
  not_json: 'The frame is not valid JSON.',
  not_an_object: 'The frame must be a JSON object.',
  binary_frame: 'Binary frames are not understood; send JSON as text.',
  type_missing: 'The member "type" is missing or is not a string.',
  type_unknown: 'No request has this "type".',
  subscriptions_invalid: 'The member "subscriptions" must be a list of 1 to 1000 objects.',
  entity_id_missing: 'The member "entity_id" is missing or is not a string.',
  entity_id_invalid: 'The member "entity_id" must have 1 to 256 characters.',
  entity_id_wildcard: 'There are no wildcards; subscribe to each entity by its id.',
  entity_type_invalid: 'The member "entity_type" must be a string of 1 to 256 characters.',
  ref_invalid: 'The member "ref" must be a string of at most 256 characters or an integer below 2^53.',
  snapshot_invalid: 'The member "snapshot" must be true or false.',
  cursor_invalid: 'The member "since" must be a cursor of the entity, with its "entity_type".',
  cursor_ahead: 'This server has not read as far as the cursor yet; try again soon.',
  on_slow_invalid: 'The member "on_slow" must be "conflate" or "close".',
  max_hz_invalid: 'The member "max_hz" must be a number above 0 and at most 1,000.',
  where_invalid:
    'The member "where" must be a condition: an object of fields and known operators, at most 256 operands and 16 deep, without "${" and without "entity_id" beside it.',
  fields_invalid: 'The member "fields" must be a list of 1 to 256 paths and patterns of 1 to 256 characters, and no tag.',
  field_unknown: 'A field of "where" or "fields" does not exist, or your rights never show it.',
  subscription_invalid: 'The member "subscription" must be the id of a collection, without "entity_id" beside it.',
  state_unavailable: 'The latest versions of this entity type are not known here.',
  not_supported: 'The member "{member}" is not supported yet.',
  forbidden: 'Your rights show nothing of it.',
  entity_type_stopped: 'The entity type "{entity_type}" is not streamed any more.',
  update_too_large: 'An update of this entity is larger than a frame may be, and is not sent.',
  entity_type_unknown: 'No streamable entity type has this name.',
  too_many_subscriptions: 'This connection has as many subscriptions as it may have.',
  too_many_subscriptions_of_user: 'The connections of this user have as many subscriptions as they may have together.',
  too_many_subscriptions_of_all: 'All connections together have as many subscriptions as they may have; try again later.',
  too_many_collections: 'This connection has as many collections as it may have, or all connections of this user together have.',
  collection_too_large: 'More entities than a collection may have pass its "where".',
  not_subscribed: 'There is no such subscription on this connection.',
  token_missing: 'The member "token" is missing or is not a string.',
  ...tokenErrors,
  token_of_another: 'The token is of another "sub" than the one that this connection stands by.',
  authenticate_too_often: 'Tokens are verified one at a time, and one a second.',
} as const
export type ProtocolErrorCode = keyof typeof protocolErrors

export interface CloseCode {
  readonly code: number
  readonly reason: string
}

/**
 * Below 4500 a client should connect again (with jitter); from 4500 on the same connection would fail the same way,
 * unless something is changed first. 1009 is the WebSocket standard's own.
 */
export const closeCodes = {
  message_too_big: { code: closeNumbers.message_too_big, reason: 'frame over the limit' },
  shutting_down: { code: closeNumbers.shutting_down, reason: 'the server is shutting down, reconnect' },
  too_slow: { code: closeNumbers.too_slow, reason: 'the client reads too slowly, reconnect' },
  internal_error: { code: closeNumbers.internal_error, reason: 'an internal error, reconnect' },
  rights_changed: { code: closeNumbers.rights_changed, reason: 'your rights have changed, reconnect' },
  state_lost: { code: closeNumbers.state_lost, reason: 'the latest versions of an entity type are not known here any more, reconnect' },
  disconnected: { code: closeNumbers.disconnected, reason: 'an operator has ended this connection, reconnect' },
  token_expired: { code: closeNumbers.token_expired, reason: 'the token has expired, connect with a new one' },
  replaced: { code: closeNumbers.replaced, reason: 'the same client has connected elsewhere' },
  flooded: { code: closeNumbers.flooded, reason: 'too many frames a second' },
  revoked: { code: closeNumbers.revoked, reason: 'the token was revoked' },
} as const satisfies Record<string, CloseCode>
export type CloseName = keyof typeof closeCodes

/**
 * Answers to an HTTP request or an upgrade that is refused: `{"error": code, "message": ...}`. A browser, which learns nothing of these, is
 * closed with `close` instead, and the message as the reason; none where it can be no browser.
 */
export const httpErrors = {
  token_missing: {
    status: 401,
    close: closeNumbers.token_missing,
    message: 'A token is required: Authorization: Bearer, ?access_token= or the subprotocol bearer.<jwt>.',
  },
  token_invalid: { status: 401, close: closeNumbers.token_invalid, message: tokenErrors.token_invalid },
  token_expired: { status: 401, close: closeNumbers.token_expired, message: tokenErrors.token_expired },
  token_not_active: { status: 401, close: closeNumbers.token_not_active, message: tokenErrors.token_not_active },
  token_revoked: { status: 401, close: closeNumbers.revoked, message: tokenErrors.token_revoked },
  keys_unavailable: { status: 503, close: closeNumbers.keys_unavailable, message: tokenErrors.keys_unavailable },
  subprotocol_required: { status: 400, message: 'The subprotocol bearer.<jwt> must stand beside sluice.v1 or sluice.v1.batch.' },
  client_id_invalid: {
    status: 400,
    close: closeNumbers.client_id_invalid,
    message: 'The client id must have 1 to 256 characters and no slash, and must hold no token.',
  },
  origin_forbidden: { status: 403, close: closeNumbers.origin_forbidden, message: 'This origin is not allowed.' },
  too_many_connections: {
    status: 503,
    close: closeNumbers.too_many_connections,
    message: 'The server has as many connections as it may have.',
  },
  too_many_connections_of_user: {
    status: 429,
    close: closeNumbers.too_many_connections_of_user,
    message: 'This user has as many connections as one user may have.',
  },
  starting: { status: 503, close: closeNumbers.starting, message: 'The server is starting and cannot promise all changes yet.' },
  shutting_down: { status: 503, close: closeNumbers.shutting_down, message: 'The server is shutting down.' },
  busy: {
    status: 503,
    close: closeNumbers.busy,
    message: 'More clients connect at the moment than the server takes in a second.',
  },
  client_not_built: { status: 404, message: 'The client library was not built here: npm run build writes it.' },
  not_found: { status: 404, message: 'There is nothing here. WebSockets connect to /ws/{client_id}.' },
} as const satisfies Record<string, { status: number; close?: number; message: string }>
export type HttpErrorCode = keyof typeof httpErrors

/**
 * After how long it helps to ask again at the earliest, in milliseconds, where waiting helps: another client may have left, or this process
 * is replaced.
 */
export const retryLeastMs: Readonly<Partial<Record<ProtocolErrorCode | HttpErrorCode, number>>> = {
  cursor_ahead: 1000,
  too_many_subscriptions_of_all: 5000,
  keys_unavailable: 5000,
  authenticate_too_often: 1000,
  too_many_connections: 5000,
  too_many_connections_of_user: 5000,
  starting: 5000,
  shutting_down: 5000,
  busy: 5000,
}

/**
 * What a client is told: up to twice as long, so that a crowd that was refused together does not come back together.
 * @param chance from 0 up to 1.
 * @returns milliseconds; undefined where waiting does not help.
 */
export function retryAfterMs(code: ProtocolErrorCode | HttpErrorCode, chance: number): number | undefined {
  const leastMs = retryLeastMs[code]
  return leastMs === undefined ? undefined : Math.ceil(leastMs * (1 + chance))
}
