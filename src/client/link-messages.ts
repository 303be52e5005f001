import { numberIn, type Incoming } from './incoming.js'
import type { LinkEvent } from './link.js'
import { authenticateRef } from './live-moves.js'
import { errorIn } from './server-error.js'

/** What a message of the server says of the link itself. Undefined of all that is about subscriptions, and of what a later server may say. */
export function linkEventIn(message: Incoming): LinkEvent | undefined {
  const expiresInMs = (numberIn(message['token_expires_in_s']) ?? Infinity) * 1000
  switch (message.type) {
    case 'connection_established':
      return { type: 'established', features: featuresIn(message), expiresInMs }
    case 'pong':
      return { type: 'heard', pong: message['ref'] }
    case 'token_expiring':
      return { type: 'expiring' }
    case 'authenticated':
      return { type: 'authenticated', expiresInMs }
    case 'reconnect':
      return { type: 'move', withinMs: numberIn(message['within_ms']) ?? 0 }
    case 'error':
      return failureIn(message)
    default:
      return undefined
  }
}

export function featuresIn({ features }: Incoming): readonly string[] {
  return Array.isArray(features) ? (features as string[]) : []
}

/** An error that answers nothing and names nothing is about the connection. */
function failureIn(message: Incoming): LinkEvent | undefined {
  if (message['ref'] === authenticateRef) return { type: 'unauthenticated', ...errorIn(message) }
  return (message['ref'] ?? message['entity_id']) ? undefined : { type: 'stay_away', floorMs: errorIn(message).floorMs }
}
