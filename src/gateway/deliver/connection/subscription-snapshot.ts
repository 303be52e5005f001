import type { Frame } from '../../authorize/entity-update.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import { Owed } from '../backlog/owed.js'
import type { Client, Subscribe } from './client.js'
import { latest, told } from './latest-versions.js'
import { messageFrame } from './message-frame.js'
import { typesAskedFor } from './subscription-gate.js'

/** Part of an answer: what is owed is said when the client can be written to. */
export type Answer = Frame | Owed

/** Why the state that is asked for cannot be told, if so. A client is shown nothing older than what it holds. */
export function stateRefusal(
  { snapshot, since, entity_type, on_slow, max_hz }: Subscribe,
  { state, types }: Client,
): ProtocolErrorCode | undefined {
  const code = since === undefined || entity_type === undefined ? undefined : state.replays.refusal(entity_type, since)
  if (code !== undefined) return code
  if (snapshot !== true && on_slow !== 'conflate' && max_hz === undefined) return undefined
  return typesAskedFor(entity_type, types).some((type) => state.isKnown(type)) ? undefined : 'state_unavailable'
}

/**
 * The answer to a subscription that stands, with what is sent before anything live.
 * @param isLate whether updates of the entity came to the client before.
 */
export function subscribed(request: Subscribe, isLate: boolean, client: Client): Answer[] {
  const { entity_id, entity_type, ref, since, snapshot } = request
  const success = { type: 'subscription_success', entity_id, entity_type, ref } as const
  if (since !== undefined && entity_type !== undefined) return resumed(request, since, entity_type, isLate, client)
  if (snapshot === true) return [messageFrame(success, client.dialect), Owed.snapshot(request, false)]
  // Behind something later, the cursor of now would lead back.
  const isKnown = entity_type !== undefined && !client.owes(entity_id, entity_type)
  const cursor = isKnown ? latest(entity_type, entity_id, client)?.cursor : undefined
  return [messageFrame({ ...success, cursor }, client.dialect)]
}

/** What came after the cursor, each step judged by the rights of now; or else the latest version. */
function resumed(request: Subscribe, since: string, entityType: string, isLate: boolean, client: Client): Answer[] {
  const { entity_id, entity_type, ref } = request
  const { dialect, replayRoom, rights, state, subscriptions } = client
  const success = { type: 'subscription_success', entity_id, entity_type, ref } as const
  // Behind something later, what is replayed would be older.
  const isOwed = client.owes(entity_id, entityType)
  const room = isLate ? { take: (versions: number, size: number) => versions <= 1 && replayRoom.take(versions, size) } : replayRoom
  const replay = isOwed ? 'too_much' : state.replays.since(entityType, entity_id, since, rights.audienceOf(entityType), room)
  if (typeof replay === 'string')
    return [messageFrame({ ...success, resumed: false, reason: replay }, dialect), Owed.snapshot(request, true)]
  // What it knows by the cursor it was told by another connection.
  subscriptions.noteState(entity_id, entityType, false)
  return [messageFrame({ ...success, resumed: true, cursor: since }, dialect), ...replay.map((update) => told(update, client))]
}
