import * as v from 'valibot'
import { addition, memberOfAddition, cursor, maxHz, member, name, onSlow, ref } from './member.js'

/**
 * How many requests one frame may list. Their answers stay far below what may wait for a connection, and by default a connection may have no
 * more subscriptions.
 */
export const listMax = 1000

const mark = addition(ref, 'Comes back in the answer: a text of at most 256 characters, or a number.')

const subscription = {
  entity_id: member(name, 'The entity: 1 to 256 characters, and no wildcard.'),
  entity_type: addition(name, 'Only the entity of this type: 1 to 256 characters.'),
  snapshot: addition(v.boolean(), 'Whether the latest version is sent first.'),
  since: addition(cursor, 'The cursor of the version that the client knows: what came after it is sent first. Needs `entity_type`.'),
  on_slow: addition(
    onSlow,
    'What becomes of updates while the client cannot be written to: `conflate` leaves out all but the latest (the default, for types whose latest versions are known); `close` closes the connection when too many wait.',
  ),
  max_hz: addition(maxHz, 'At most so many updates a second, the latest at the end: above 0, at most 1,000.'),
  ref: mark,
}

const unsubscription = {
  entity_id: member(name, 'As in the subscription.'),
  entity_type: addition(name, 'As in the subscription.'),
  ref: mark,
}

/** In place of all other members. */
function list<E extends v.ObjectEntries>(entries: E, meaning: string) {
  return memberOfAddition(v.pipe(v.array(v.object(entries)), v.minLength(1), v.maxLength(listMax)), meaning)
}

/** Everything that a client can ask for. */
export const requestShapes = [
  v.object({ type: v.literal('subscribe'), ...subscription }),
  v.object({
    type: v.literal('subscribe'),
    subscriptions: list(subscription, `Instead of all these: 1 to ${listMax} objects with such members, each answered by itself.`),
  }),
  v.object({ type: v.literal('unsubscribe'), ...unsubscription }),
  v.object({
    type: v.literal('unsubscribe'),
    subscriptions: list(unsubscription, `Instead of all these: 1 to ${listMax} objects with such members, each answered by itself.`),
  }),
  v.object({ type: v.literal('ping'), ref: mark }),
  v.object({
    type: v.literal('authenticate'),
    token: memberOfAddition(
      v.pipe(v.string(), v.minLength(1)),
      'A token of the same `sub`, in place of the one that the connection stands by.',
    ),
    ref: mark,
  }),
] as const

type AnyRequest = v.InferOutput<(typeof requestShapes)[number]>

/** Several requests in one frame, each of which is answered by itself. */
export type RequestList = Extract<AnyRequest, { readonly subscriptions: unknown }>
export type Request = Exclude<AnyRequest, RequestList>
/** A request about one entity. */
export type EntityRequest = Extract<Request, { readonly entity_id: string }>

/** What `sluice.v1` will offer: ignoring one of them would deliver something else than what was asked for. */
export const reservedMembers = ['fields', 'where'] as const

/** The text of a client's frame. */
export function writeRequest(request: Request): string {
  return JSON.stringify(request)
}

/** The text of a frame with several requests. */
export function writeRequestList(list: RequestList): string {
  return JSON.stringify(list)
}
