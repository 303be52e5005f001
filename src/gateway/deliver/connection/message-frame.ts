import { frameOf, type Frame } from '../../authorize/entity-update.js'
import type { Dialect } from '#protocol/dialect.js'
import { errorMessage, writeMessage, type ProtocolError, type ServerMessage } from '#protocol/message.js'

/** For one client: what answers its requests, or tells it of its subscriptions. */
export function messageFrame(message: ServerMessage, dialect: Dialect): Frame {
  return frameOf(writeMessage(message, dialect))
}

export function errorFrame(error: ProtocolError, dialect: Dialect): Frame {
  return messageFrame(errorMessage(error), dialect)
}
