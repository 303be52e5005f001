import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '#clock.js'
import type { Connection } from '#gateway/deliver/connection/connection.js'
import type { ConnectionFacts } from '#gateway/deliver/connection/connection-facts.js'
import { fullestOf } from '#gateway/deliver/fullest-connections.js'
import type { ConnectionAnswer, ConnectionsAnswer } from '../operation-answers.js'

const shownMax = 50
/** However many consoles ask, all connections are gone through so often at most. */
const everyMs = 1000
/** A token may name hundreds. */
const rolesMax = 10

/** All connections of a node. */
export interface OpenConnections {
  current(): Iterable<Connection>
  ofUser(sub: string): Iterable<Connection>
}

/** The connections for which most waits, as operators are told of them. */
export class ConnectionList {
  private readonly key = randomBytes(32)
  private latest: { readonly atMs: number; readonly facts: readonly ConnectionFacts[] } | undefined

  constructor(
    private readonly connections: OpenConnections,
    private readonly clock: Clock,
  ) {}

  /** @param named whether the one who asks may know who somebody is. */
  answer(total: number, named: boolean): ConnectionsAnswer {
    const name = named ? (text: string) => text : (text: string) => this.hidden(text)
    return { total, named, connections: this.facts().map((facts) => connectionAnswer(facts, name)) }
  }

  /** Ends the connection of this client, which may come back. Answers whether there is one. */
  disconnect(sub: string, clientId: string): boolean {
    const found = [...this.connections.ofUser(sub)].filter(({ identity }) => identity.clientId === clientId)
    for (const connection of found) connection.close('disconnected')
    this.latest = undefined
    return found.length > 0
  }

  private facts(): readonly ConnectionFacts[] {
    const now = this.clock.monotonicMs()
    if (this.latest === undefined || now - this.latest.atMs >= everyMs)
      this.latest = { atMs: now, facts: fullestOf(this.connections.current(), shownMax).map((connection) => connection.facts()) }
    return this.latest.facts
  }

  /** By which somebody is known again as long as this process runs, and not who it is. */
  private hidden(text: string): string {
    return `#${createHmac('sha256', this.key).update(text).digest('base64url').slice(0, 8)}`
  }
}

function connectionAnswer(facts: ConnectionFacts, name: (text: string) => string): ConnectionAnswer {
  return {
    sub: name(facts.sub),
    client_id: name(facts.clientId),
    roles: facts.roles.slice(0, rolesMax),
    subprotocol: facts.subprotocol,
    subscriptions: facts.subscriptions,
    subscriptions_by_type: Object.fromEntries(facts.subscriptionsByType),
    collections: facts.collections,
    waiting_bytes: facts.waitingBytes,
    is_slow: facts.isSlow,
    updates_left_out: facts.updatesLeftOut,
    age_s: facts.ageS,
    token_left_s: facts.tokenLeftS,
  }
}
