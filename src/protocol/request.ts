import * as v from 'valibot'
import { addition, cursor, member, name, ref } from './member.js'

const mark = addition(ref, 'Comes back in the answer: a text of at most 256 characters, or a number.')

/** Everything that a client can ask for. */
export const requestShapes = [
  v.object({
    type: v.literal('subscribe'),
    entity_id: member(name, 'The entity: 1 to 256 characters, and no wildcard.'),
    entity_type: addition(name, 'Only the entity of this type: 1 to 256 characters.'),
    snapshot: addition(v.boolean(), 'Whether the latest version is sent first.'),
    since: addition(cursor, 'The cursor of the version that the client knows: what came after it is sent first. Needs `entity_type`.'),
    ref: mark,
  }),
  v.object({
    type: v.literal('unsubscribe'),
    entity_id: member(name, 'As in the subscription.'),
    entity_type: addition(name, 'As in the subscription.'),
    ref: mark,
  }),
] as const

export type Request = v.InferOutput<(typeof requestShapes)[number]>

/** What `sluice.v1` will offer: ignoring one of them would deliver something else than what was asked for. */
export const reservedMembers = ['fields', 'max_hz', 'on_slow', 'where'] as const

/** The text of a client's frame. */
export function writeRequest(request: Request): string {
  return JSON.stringify(request)
}
