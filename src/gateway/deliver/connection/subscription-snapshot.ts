import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Client, Subscribe } from './client.js'
import type { Dialect } from '#protocol/dialect.js'
import { messageFrame } from './message-frame.js'

/** Why the state that is asked for cannot be told, if so. A client is shown nothing older than what it holds. */
export function stateRefusal({ snapshot, since, entity_type }: Subscribe, { state, types }: Client): ProtocolErrorCode | undefined {
  if (since !== undefined && entity_type !== undefined) return state.replays.refusal(entity_type, since)
  if (snapshot !== true) return undefined
  const asked = entity_type === undefined ? types.streamableTypes() : [entity_type]
  return asked.some((type) => state.isKnown(type)) ? undefined : 'state_unavailable'
}

/** The answer to a subscription that stands, with what is sent before anything live. */
export function subscribed(request: Subscribe, client: Client): Frame[] {
  const { entity_id, entity_type, ref, since, snapshot } = request
  const success = { type: 'subscription_success', entity_id, entity_type, ref } as const
  if (since !== undefined && entity_type !== undefined) return resumed(request, since, entity_type, client)
  if (snapshot === true) return [messageFrame(success, client.dialect), ...snapshotOf(request, client)]
  const cursor = entity_type === undefined ? undefined : latest(entity_type, entity_id, client)?.cursor
  return [messageFrame({ ...success, cursor }, client.dialect)]
}

/** What came after the cursor, each step judged by the rights of now; or else the latest version. */
function resumed(request: Subscribe, since: string, entityType: string, client: Client): Frame[] {
  const { entity_id, entity_type, ref } = request
  const { dialect, rights, state } = client
  const success = { type: 'subscription_success', entity_id, entity_type, ref } as const
  const replay = state.replays.since(entityType, entity_id, since, rights.audienceOf(entityType))
  if (typeof replay !== 'string') {
    const frames = replay.map((update) => told(update, client))
    return [messageFrame({ ...success, resumed: true, cursor: since }, dialect), ...frames]
  }
  return [messageFrame({ ...success, resumed: false, reason: replay }, dialect), ...snapshotOf(request, client, true)]
}

/**
 * The latest version of the entity, of each type that has the id, and what says that no more will follow of it.
 * @param mayHold whether the client may hold something of the entity, which must go where nothing is shown.
 */
function snapshotOf({ entity_id, entity_type, ref }: Subscribe, client: Client, mayHold = false): Frame[] {
  const { dialect, types } = client
  const all = (entity_type === undefined ? types.streamableTypes() : [entity_type]).map((type) => latest(type, entity_id, client))
  const frames = all.flatMap((snapshot) => (snapshot?.update === undefined ? [] : [told(snapshot.update, client)]))
  const cursor = entity_type === undefined ? undefined : all[0]?.cursor
  const complete = { type: 'snapshot_complete', entity_id, entity_type, ref, count: frames.length, cursor } as const
  if (mayHold && frames.length === 0) frames.push(goneFrame(entity_id, entity_type!, dialect))
  return [...frames, messageFrame(complete, dialect)]
}

function goneFrame(entity_id: string, entity_type: string, dialect: Dialect): Frame {
  return messageFrame({ type: 'entity_update', entity_id, entity_type, operation: 'delete', data: {}, cursor: 'none' }, dialect)
}

/** Undefined where the latest versions of the type are not known, or where no rule shows anything of it. */
function latest(entityType: string, entityId: string, { rights, state, subscriptions }: Client) {
  const audience = rights.audienceOf(entityType)
  if (audience === undefined || !state.isKnown(entityType)) return undefined
  return state.snapshots.of(entityType, entityId, audience, !subscriptions.isThere(entityId, entityType))
}

function told(update: EntityUpdate, { dialect, subscriptions }: Client): Frame {
  const frame = update.frame(dialect)
  update.seal()
  subscriptions.noteState(update.entityId, update.entityType, update.operation === 'delete')
  return frame
}
