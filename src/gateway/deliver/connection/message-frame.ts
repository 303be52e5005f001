import type { About } from '../../authorize/about.js'
import { answerFrame, type Frame } from '../../authorize/entity-update.js'
import { Meter } from '../../observe/meter.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Dialect } from '#protocol/dialect.js'
import { errorMessage, writeMessage, type ProtocolError, type ServerMessage } from '#protocol/message.js'
import type { Client } from './client.js'

/** A frame for one client: an answer to a request, or news of its subscriptions. */
export function messageFrame(message: ServerMessage, dialect: Dialect): Frame {
  return answerFrame(writeMessage(message, dialect), aboutOf(message))
}

function aboutOf(message: ServerMessage): About | undefined {
  if ('subscription' in message && message.subscription !== undefined) return { subscription: message.subscription }
  if (!('entity_id' in message) || message.entity_id === undefined) return undefined
  const isEnd = message.type === 'unsubscription_success' || (message.type === 'error' && endings.includes(message.code))
  return { entityId: message.entity_id, entityType: message.entity_type, isEnd }
}

/** What a client is told when an entity is taken from it. */
const endings: readonly (string | undefined)[] = ['forbidden', 'entity_type_stopped'] satisfies ProtocolErrorCode[]

/** Counts it, as each is told to one client. */
export function errorFrame(error: ProtocolError, { dialect, meter }: Pick<Client, 'dialect' | 'meter'>): Frame {
  Meter.count(meter.protocolErrors, error.code)
  return messageFrame(errorMessage(error), dialect)
}
