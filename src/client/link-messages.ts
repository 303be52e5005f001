import { numberIn, type Incoming } from './incoming.js'
import type { LinkEvent } from './link.js'
import { authenticateRef } from './live-moves.js'
import { floorOf } from './retry-delay.js'
import { errorIn } from './server-error.js'

/** What a message of the server says of the link itself. Undefined of all that is about subscriptions, and of what a later server may say. */
export function linkEventIn(message: Incoming): LinkEvent | undefined {
  const { type, ref, features, limits } = message
  const expiresInMs = (numberIn(message['token_expires_in_s']) ?? Infinity) * 1000
  if (type === 'connection_established')
    return { type: 'established', features: Array.isArray(features) ? features : [], limits, expiresInMs }
  if (type === 'pong') return { type: 'heard', pong: ref }
  if (type === 'token_expiring') return { type: 'expiring' }
  if (type === 'authenticated') return { type, expiresInMs }
  if (type === 'reconnect') return { type: 'move', withinMs: floorOf(message['within_ms']) }
  if (type !== 'error') return undefined
  if (ref === authenticateRef) return { type: 'unauthenticated', ...errorIn(message) }
  // An error that answers nothing and names nothing is about the connection.
  return (ref ?? message['entity_id'] ?? message['subscription']) ? undefined : { type: 'stay_away', floorMs: errorIn(message).floorMs }
}
