// Enters: changed rights of a client, or a type that is no longer streamed. Leaves: a backlog without what the client may not see now.
import type { Frame } from '../../authorize/entity-update.js'
import type { Backlog, ConnectionMessage } from '../backlog/backlog.js'
import type { Client } from './client.js'

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

function judgeFrame(frame: Frame, { dialect, rights, subscriptions }: Client): Frame | 'hidden' | 'unknown' {
  const { update } = frame
  if (update === undefined || rights.areAsBefore(update.entityType)) return frame
  const verdict = update.judgedBy(rights.audienceOf(update.entityType))
  if (verdict === 'unknown') return verdict
  const { entityId, operation } = update.event
  subscriptions.noteState(entityId, update.entityType, verdict === 'hidden' || operation === 'delete')
  return verdict === 'hidden' ? verdict : verdict.frame(dialect)
}
