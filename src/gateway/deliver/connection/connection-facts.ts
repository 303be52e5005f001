import type { Clock } from '#clock.js'
import type { Connection } from './connection.js'
import type { ConnectedClient } from './connected-client.js'

/** What an operator may know of a connection: counts, and nothing of which entities it looks at. */
export interface ConnectionFacts {
  readonly sub: string
  readonly clientId: string
  readonly roles: readonly string[]
  readonly subprotocol: string
  /** By entity type, `*` of those without one: of the first thousand. */
  readonly subscriptionsByType: ReadonlyMap<string, number>
  readonly subscriptions: number
  readonly collections: number
  /** What waits for it, in its mailbox and its socket. */
  readonly waitingBytes: number
  /** Whether it reads more slowly than it is sent. */
  readonly isSlow: boolean
  readonly updatesLeftOut: number
  readonly ageS: number
  readonly tokenLeftS: number
}

/** A connection may have a million. */
const countedMax = 1000

export function connectionFacts(connection: Connection, client: ConnectedClient, clock: Clock): ConnectionFacts {
  const { sub, clientId, roles, subprotocol = 'seed' } = connection.identity
  const { subscriptions, collections } = client
  return {
    ...{ sub, clientId, roles, subprotocol },
    subscriptionsByType: byType(client),
    subscriptions: subscriptions.size,
    collections: collections.size,
    waitingBytes: connection.heldBytes,
    isSlow: connection.isSlow,
    updatesLeftOut: connection.updatesLeftOut,
    ageS: Math.floor(clock.monotonicMs() / 1000) - connection.acceptedS,
    tokenLeftS: client.token.secondsLeft,
  }
}

function byType({ subscriptions }: ConnectedClient): Map<string, number> {
  const counts = new Map<string, number>()
  let counted = 0
  for (const { entityType = '*' } of subscriptions.all()) {
    if (counted++ === countedMax) break
    counts.set(entityType, (counts.get(entityType) ?? 0) + 1)
  }
  return counts
}
