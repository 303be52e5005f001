// Enters: changed rights of a client, a type that is no longer streamed, or a client that cannot be written to. Leaves: a backlog without what
// the client may not see now, or is to be told by the latest version alone.
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Backlog, ConnectionMessage } from '../backlog/backlog.js'
import type { Conflation, SubscriptionOptions } from '../backlog/conflation.js'
import type { Client } from './client.js'

type Waiting = Pick<Backlog<ConnectionMessage>, 'revise'>

/**
 * Replaces waiting updates that are meant by what is owed in their place, where the latest versions of their type are known. Answers whether
 * there was one of each entity, so that nothing is lost by that.
 */
export function leaveOut(waiting: Waiting, conflation: Conflation, client: Client, isMeant: (update: EntityUpdate) => boolean): boolean {
  const paceOf = (update: EntityUpdate) => optionsOf(update, client)?.pace
  return conflation.gather(waiting, (update) => client.state.isKnown(update.entityType) && isMeant(update), paceOf)
}

/** What is wished of the subscription through which the update comes. */
export function optionsOf({ entityId, entityType, subscription }: EntityUpdate, client: Client): SubscriptionOptions | undefined {
  if (subscription !== undefined) return client.collections.get(subscription)?.options
  return client.subscriptions.optionsOf(entityId, entityType)
}

/**
 * Judges what waits by the present rights: at once, or when it is sent where the latest versions are known. Answers whether it could, and the
 * client learns of everything: in the seed's dialect nothing tells what was left out.
 */
export function bringInLine(waiting: Waiting, conflation: Conflation, client: Client): boolean {
  if (client.dialect === 'seed' && judgeEach(waiting, client)) return judgeAnew(waiting, client)
  const isOverruled = ({ entityType }: EntityUpdate) => {
    if (client.rights.areAsBefore(entityType)) return false
    client.meter.framesWithdrawn++
    return true
  }
  const isAll = leaveOut(waiting, conflation, client, isOverruled)
  return judgeAnew(waiting, client) && (isAll || client.dialect !== 'seed')
}

/**
 * Judges the waiting updates of types with a table one by one, as long as their events are known: so none is left out. Answers whether it
 * could; otherwise all stay as they are. A delete stays: where something is shown again, the page is told so when it is compared.
 */
function judgeEach(waiting: Waiting, client: Client): boolean {
  const verdictOf = (message: ConnectionMessage) => {
    if (message.kind === 'owed') return 'unknown'
    const update = message.kind === 'frame' && message.update?.operation !== 'delete' ? message.update : undefined
    return verdictOn(update, true, client)
  }
  let isKnown = true as boolean
  waiting.revise((message) => {
    if (isKnown && verdictOf(message) === 'unknown') isKnown = false
    return message
  })
  if (!isKnown) return false
  waiting.revise((message) => {
    const verdict = verdictOf(message)
    if (typeof verdict === 'string') client.meter.framesWithdrawn++
    if (typeof verdict === 'string') return undefined
    return verdict === undefined ? message : verdict.frame(client.dialect)
  })
  return true
}

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
  const isWithdrawn = (message: ConnectionMessage) => typeOf(message) === entityType
  waiting.revise((message) => (isWithdrawn(message) ? undefined : message))
}

function typeOf(message: ConnectionMessage): string | undefined {
  if (message.kind === 'owed') return message.snapshot === undefined ? message.entityType : undefined
  return message.kind === 'frame' ? message.update?.entityType : undefined
}

function judgeFrame(frame: Frame, client: Client): Frame | 'hidden' | 'unknown' {
  const { update } = frame
  const { dialect, subscriptions } = client
  // Of a type with a table what waits was made by the rights of now: the rest is owed, and judged when it is sent.
  const verdict = verdictOn(update, false, client)
  if (update === undefined || verdict === undefined) return frame
  if (verdict === 'unknown') return verdict
  subscriptions.noteState(update.entityId, update.entityType, verdict === 'hidden' || update.operation === 'delete')
  if (verdict === 'hidden') client.meter.framesWithdrawn++
  return verdict === 'hidden' ? verdict : verdict.frame(dialect)
}

/**
 * What the rights of now make of an update. Undefined where it stays as it is.
 * @param hasTable whether updates of types with a table are meant, or the others.
 */
function verdictOn(
  update: EntityUpdate | undefined,
  hasTable: boolean,
  { rights, state }: Client,
): ReturnType<EntityUpdate['judgedBy']> | undefined {
  if (update === undefined || state.isKnown(update.entityType) !== hasTable || rights.areAsBefore(update.entityType)) return undefined
  return update.judgedBy(rights.audienceOf(update.entityType))
}
