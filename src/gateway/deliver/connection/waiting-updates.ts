// Enters: changed rights of a client, or a type that is no longer streamed. Leaves: a backlog without what the client may not see now.
import type { Frame } from '../../authorize/entity-update.js'
import type { Backlog, ConnectionMessage } from '../backlog/backlog.js'
import type { Client } from './client.js'

/**
 * Takes back the waiting updates of types with a table whose rules have changed, as what is shown now can be told from the table. Answers,
 * by entity id and type, whether the client holds something of the entity without them.
 */
export function takeBack(waiting: Waiting, { rights, state }: Client): Map<string, Map<string, boolean>> {
  const held = new Map<string, Map<string, boolean>>()
  waiting.revise((message) => {
    const update = message.kind === 'frame' ? message.update : undefined
    if (update === undefined || !state.isKnown(update.entityType) || rights.areAsBefore(update.entityType)) return message
    const byType = held.get(update.entityId) ?? new Map<string, boolean>()
    held.set(update.entityId, byType)
    if (!byType.has(update.entityType)) byType.set(update.entityType, !update.isNews)
    return undefined
  })
  return held
}

type Waiting = Pick<Backlog<ConnectionMessage>, 'revise'>

/**
 * Judges the waiting frames again, by the present rights. Answers whether all could be judged. A frame older than one round cannot be, as
 * its event is forgotten; it stays only if the rules for its type have not changed.
 */
export function judgeAnew(waiting: Waiting, client: Client): boolean {
  let isKnown = true as boolean
  waiting.revise((message) => {
    const revised = message.kind === 'frame' ? judgeFrame(message, client) : message
    if (revised === 'unknown') isKnown = false
    return typeof revised === 'string' ? undefined : revised
  })
  return isKnown
}

/** Removes the updates of this type. */
export function withdrawType(waiting: Waiting, entityType: string): void {
  const isWithdrawn = (message: ConnectionMessage) => message.kind === 'frame' && message.update?.entityType === entityType
  waiting.revise((message) => (isWithdrawn(message) ? undefined : message))
}

function judgeFrame(frame: Frame, { dialect, rights, state, subscriptions }: Client): Frame | 'hidden' | 'unknown' {
  const { update } = frame
  // Of a type with a table what waits was made by the rights of now: the rest was taken back.
  if (update === undefined || state.isKnown(update.entityType) || rights.areAsBefore(update.entityType)) return frame
  const verdict = update.judgedBy(rights.audienceOf(update.entityType))
  if (verdict === 'unknown') return verdict
  subscriptions.noteState(update.entityId, update.entityType, verdict === 'hidden' || update.operation === 'delete')
  return verdict === 'hidden' ? verdict : verdict.frame(dialect)
}
