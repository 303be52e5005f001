import * as v from 'valibot'
import { isDeeperThan } from '#text/json-depth.js'
import { addition, memberOfAddition, cursor, jsonObject, maxHz, member, name, onSlow, ref } from './member.js'

/**
 * How many requests one frame may list. Their answers stay far below what may wait for a connection, and by default a connection may have no
 * more subscriptions.
 */
export const listMax = 1000

/** As many as a filter has operands. */
const fieldsMax = 256

/**
 * A filter is 16 deep, each level an object that may stand in a list. Whoever reads one further goes through it level by level, and would run
 * out of stack in one that is nested as deep as a frame can be.
 */
const filterLevelsMax = 32
const filter = v.pipe(
  jsonObject,
  v.check((where) => !isDeeperThan(filterLevelsMax, where)),
)

const mark = addition(ref, 'Comes back in the answer: a text of at most 256 characters, or a number.')
const slowReader = addition(
  onSlow,
  'What becomes of updates while the client cannot be written to: `conflate` leaves out all but the latest (the default, for types whose latest versions are known); `close` closes the connection when too many wait.',
)
const pace = addition(maxHz, 'At most so many updates a second, the latest at the end: above 0, at most 1,000.')

/** What a client asks for of one entity. */
export const entityMembers = v.object({
  entity_id: member(name, 'The entity: 1 to 256 characters, and no wildcard.'),
  entity_type: addition(name, 'Only the entity of this type: 1 to 256 characters.'),
  snapshot: addition(v.boolean(), 'Whether the latest version is sent first.'),
  since: addition(cursor, 'The cursor of the version that the client knows: what came after it is sent first. Needs `entity_type`.'),
  on_slow: slowReader,
  max_hz: pace,
  ref: mark,
})

/** What a client asks for of all entities that pass a filter. */
export const collectionMembers = v.object({
  entity_type: memberOfAddition(name, 'The type of the entities: 1 to 256 characters.'),
  where: memberOfAddition(
    filter,
    "Which of them, by what the client may see: operators of the policies' conditions on fields; `{}` is all. At most 256 operands, 16 deep, no `${`.",
  ),
  fields: addition(
    v.pipe(v.array(name), v.minLength(1), v.maxLength(fieldsMax)),
    `What is shown of each: a list of 1 to ${fieldsMax} paths and patterns; without it all that the client may see.`,
  ),
  snapshot: addition(v.boolean(), 'Whether the latest version of each is sent first.'),
  on_slow: slowReader,
  max_hz: pace,
  ref: mark,
})

const entityEnd = v.object({
  entity_id: member(name, 'As in the subscription.'),
  entity_type: addition(name, 'As in the subscription.'),
  ref: mark,
})

export const collectionEndMembers = v.object({
  subscription: memberOfAddition(name, 'A collection: its id, as in the answer to its request.'),
  ref: mark,
})

/** In place of all other members. */
const listMeaning = `Instead of all these: 1 to ${listMax} objects with members of the one or the other, each answered by itself.`
function list<S extends v.GenericSchema>(one: S) {
  return memberOfAddition(v.pipe(v.array(one), v.minLength(1), v.maxLength(listMax)), listMeaning)
}

/** Everything that a client can ask for. */
export const requestShapes = [
  v.object({ type: v.literal('subscribe'), ...entityMembers.entries }),
  v.object({ type: v.literal('subscribe'), ...collectionMembers.entries }),
  v.object({ type: v.literal('subscribe'), subscriptions: list(v.union([entityMembers, collectionMembers])) }),
  v.object({ type: v.literal('unsubscribe'), ...entityEnd.entries }),
  v.object({ type: v.literal('unsubscribe'), ...collectionEndMembers.entries }),
  v.object({ type: v.literal('unsubscribe'), subscriptions: list(v.union([entityEnd, collectionEndMembers])) }),
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
/** Asks for a collection: all entities of a type that pass a filter. */
export type CollectionRequest = Extract<Request, { readonly where: unknown }>
/** Ends a collection. */
export type CollectionEnd = Extract<Request, { readonly subscription: string }>

/** What `sluice.v1` will offer: ignoring one of them would deliver something else than what was asked for. */
export const reservedMembers = ['order_by', 'limit'] as const

/** The text of a client's frame. */
export function writeRequest(request: Request): string {
  return JSON.stringify(request)
}

/** The text of a frame with several requests. */
export function writeRequestList(list: RequestList): string {
  return JSON.stringify(list)
}
