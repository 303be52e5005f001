import { answerFrame, type Frame } from '../../authorize/entity-update.js'
import type { Dialect } from '#protocol/dialect.js'
import { errorMessage, writeMessage, type ProtocolError, type ServerMessage } from '#protocol/message.js'

/** A frame for one client: an answer to a request, or news of its subscriptions. */
export function messageFrame(message: ServerMessage, dialect: Dialect): Frame {
  return answerFrame(writeMessage(message, dialect), 'entity_id' in message ? message.entity_id : undefined)
}

export function errorFrame(error: ProtocolError, dialect: Dialect): Frame {
  return messageFrame(errorMessage(error), dialect)
}
