// Enters: what a client is owed, when it can be written to. Leaves: the frames of it, by the latest version and the rights of now.
import type { Frame } from '../../authorize/entity-update.js'
import type { Owed, SnapshotRequest } from '../backlog/owed.js'
import type { CollectionSubscription } from './collection-subscription.js'
import type { Client } from './client.js'
import { latest, told } from './latest-versions.js'
import { messageFrame } from './message-frame.js'
import { typesAskedFor } from './subscription-gate.js'

/** @param isLasting whether the page stands by them: no message that waits behind them takes the entity away. */
export function* owedFrames(owed: Owed, client: Client, isLasting: boolean): Generator<Frame> {
  if (owed.subscription !== undefined) {
    const collection = client.collections.get(owed.subscription)
    if (collection !== undefined) yield* collectionFrames(owed, collection, client, isLasting)
    return
  }
  if (owed.snapshot === undefined) yield* changeFrames(owed, owed.entityType!, client)
  else yield* snapshotFrames(owed.snapshot, owed.isHeld, client)
  if (!isLasting) return
  for (const type of typesAskedFor(owed.entityType, client.types)) client.subscriptions.noteCompared(owed.entityId, type)
}

function* collectionFrames(owed: Owed, collection: CollectionSubscription, client: Client, isLasting: boolean): Generator<Frame> {
  const { entityId, isHeld, missed } = owed
  const { entityType, audience } = collection
  const { id } = collection.collection
  const update = client.state.snapshots.owed(entityType, entityId, isHeld, audience, id)
  const holdsSome = update?.isTooLarge === false
  const untold = update === undefined && !isHeld ? missed : missed - 1
  const about = { entity_id: entityId, ...collection.name }
  if (untold > 0 && audience !== undefined) yield gapFrame(about, untold, client)
  client.noteHeld(owed, holdsSome)
  // Who holds nothing of it has nothing that a message behind this could take away.
  if (isLasting || !holdsSome) collection.noteCompared(entityId)
  if (update !== undefined) yield told(update, client)
  if (isHeld && !holdsSome) yield messageFrame({ type: 'entity_update', ...about, operation: 'delete', data: {} }, client.dialect)
}

function* changeFrames({ entityId, isHeld, missed }: Owed, entityType: string, client: Client): Generator<Frame> {
  const { rights, state, subscriptions } = client
  const audience = rights.audienceOf(entityType)
  const update = state.snapshots.owed(entityType, entityId, isHeld, audience)
  const frame = update !== undefined ? told(update, client) : isHeld ? goneFrame(entityId, entityType, client) : undefined
  if (frame === undefined) subscriptions.noteState(entityId, entityType, true)
  const untold = frame === undefined ? missed : missed - 1
  // Whom no rule shows anything of the type is told of nothing that happened to it. In the seed's dialect what was left out alone is hidden now.
  if (untold > 0 && audience !== undefined && client.dialect !== 'seed')
    yield gapFrame({ entity_id: entityId, entity_type: entityType }, untold, client)
  if (frame !== undefined) yield frame
  // What cannot be told anew by the rights of now leaves the page.
  if (update?.isTooLarge === true && isHeld) yield goneFrame(entityId, entityType, client)
}

/**
 * The latest version of the entity, of each type that has the id, and what says that no more will follow of it.
 * @param mayHold whether the client may hold something that this connection has not sent it.
 */
function* snapshotFrames(request: SnapshotRequest, mayHold: boolean, client: Client): Generator<Frame> {
  const { entity_id, entity_type, ref } = request
  let [count, cursor]: [number, string | undefined] = [0, undefined]
  for (const type of typesAskedFor(entity_type, client.types)) {
    const snapshot = latest(type, entity_id, client)
    const update = snapshot?.update
    if (entity_type !== undefined) cursor = snapshot?.cursor
    if (update !== undefined) yield told(update, client)
    if (update === undefined || update.isTooLarge) yield* goneFrames(entity_id, type, mayHold, client)
    else count++
  }
  client.meter.snapshots += count
  yield messageFrame({ type: 'snapshot_complete', entity_id, entity_type, ref, count, cursor }, client.dialect)
}

/** Of what nothing is shown any more: it goes where the client holds something of it. */
function* goneFrames(entityId: string, entityType: string, mayHold: boolean, client: Client): Generator<Frame> {
  const isHeld = mayHold || (client.state.isKnown(entityType) && client.subscriptions.isThere(entityId, entityType))
  if (isHeld) yield goneFrame(entityId, entityType, client)
}

function gapFrame(about: GapAbout, missed: number, { dialect, meter }: Client): Frame {
  meter.gaps++
  return messageFrame({ type: 'gap', ...about, missed }, dialect)
}

interface GapAbout {
  readonly entity_id: string
  readonly entity_type: string
  readonly subscription?: string
}

/** It has no time: the latest version is hidden from the client, and so is when it was written. */
function goneFrame(entity_id: string, entity_type: string, { dialect, subscriptions }: Client): Frame {
  subscriptions.noteState(entity_id, entity_type, true)
  return messageFrame({ type: 'entity_update', entity_id, entity_type, operation: 'delete', data: {}, cursor: 'none' }, dialect)
}
