import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Snapshot } from '../../authorize/snapshots.js'
import type { Client } from './client.js'

/** Undefined where the latest versions of the type are not known, or where no rule shows anything of it. */
export function latest(entityType: string, entityId: string, { rights, state }: Client): Snapshot | undefined {
  const audience = rights.audienceOf(entityType)
  return audience === undefined || !state.isKnown(entityType) ? undefined : state.snapshots.of(entityType, entityId, audience)
}

/** The frame of what the client alone is told. */
export function told(update: EntityUpdate, { dialect, subscriptions }: Client): Frame {
  const frame = update.frame(dialect)
  update.seal()
  update.forget()
  if (!update.isTooLarge && update.subscription === undefined)
    subscriptions.noteState(update.entityId, update.entityType, update.operation === 'delete')
  return frame
}
