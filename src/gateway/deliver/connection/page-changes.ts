import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Client } from './client.js'
import type { Subscription } from './subscription.js'

/**
 * What the rights of now change on the page, each entity once. First everybody is to lose what they may not see any more: `taking` leaves
 * entities for later of which something is only gained.
 */
export function* pageChanges(client: Client, which: 'taking' | 'all'): Generator<Frame> {
  for (const listed of client.subscriptions.listed()) {
    const changes = [...changesOf(listed, client)]
    if (which === 'taking' && changes.some(({ takesAway }) => !takesAway)) continue
    for (const { update } of changes) yield told(update, client)
    for (const subscription of listed) subscription.notePageCompared()
  }
}

/** What they change on the page of one entity. From then on it stands by the rights of now. */
export function* entityChanges(entityId: string, client: Client): Generator<Frame> {
  const listed = client.subscriptions.listedOf(entityId)
  for (const { update } of changesOf(listed, client)) yield told(update, client)
  for (const subscription of listed) subscription.notePageCompared()
}

/**
 * What replaces updates that waited and were taken back, as rights have changed: the page holds what was sent before them.
 * @param held by entity id and type: whether the page holds something of it.
 */
export function* owedChanges(held: ReadonlyMap<string, ReadonlyMap<string, boolean>>, client: Client): Generator<Frame> {
  for (const [entityId, byType] of held) {
    const listed = client.subscriptions.listedOf(entityId)
    for (const { update } of changesOf(listed, client, byType)) yield told(update, client)
    for (const subscription of listed) subscription.notePageCompared()
  }
}

function* changesOf(listed: readonly Subscription[], { rights, types, state }: Client, held?: ReadonlyMap<string, boolean>) {
  for (const subscription of listed) {
    const { entityId, entityType } = subscription
    for (const type of entityType === undefined ? types.streamableTypes() : [entityType]) {
      if (!state.isKnown(type)) continue
      const now = rights.audienceOf(type)
      const isHeld = held?.get(type)
      const change =
        isHeld === undefined
          ? state.changedRights.onLatest(type, entityId, subscription.pageAudienceOf(type), now)
          : state.changedRights.owed(type, entityId, isHeld, now)
      if (change !== undefined) yield change
    }
  }
}

function told(update: EntityUpdate, { dialect, subscriptions }: Client): Frame {
  subscriptions.noteState(update.entityId, update.entityType, update.operation === 'delete')
  return update.frame(dialect)
}
