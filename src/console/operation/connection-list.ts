import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '#clock.js'
import type { Connection } from '#gateway/deliver/connection/connection.js'
import type { ConnectionFacts } from '#gateway/deliver/connection/connection-facts.js'
import { fullestOf } from '#gateway/deliver/fullest-connections.js'
import type { ConnectionAnswer, ConnectionsAnswer } from '../operation-answers.js'

const shownMax = 50
/** Whose fault it is that memory is held is seen by a few. */
const slowMax = 20
/** However many consoles ask, all connections are gone through so often at most. */
const everyMs = 1000
/** A token may name hundreds. */
const rolesMax = 10

interface LatestFacts {
  readonly atMs: number
  readonly fullest: readonly ConnectionFacts[]
  readonly slow: readonly ConnectionFacts[]
}

/** All connections of a node. */
export interface OpenConnections {
  current(): Iterable<Connection>
  ofUser(sub: string): Iterable<Connection>
}

/** The connections for which most waits, as operators are told of them. */
export class ConnectionList {
  private readonly key = randomBytes(32)
  private latest: LatestFacts | undefined

  constructor(
    private readonly connections: OpenConnections,
    private readonly clock: Clock,
  ) {}

  /** @param named whether the one who asks may know who somebody is. */
  answer(total: number, named: boolean): ConnectionsAnswer {
    return { total, named, connections: this.shown(this.facts().fullest, named) }
  }

  /** The same of those that read slowly. */
  slow(total: number, named: boolean): ConnectionsAnswer {
    return { total, named, connections: this.shown(this.facts().slow, named) }
  }

  /** Ends the connection of this client, which may come back. Answers whether there is one. */
  disconnect(sub: string, clientId: string): boolean {
    const found = [...this.connections.ofUser(sub)].filter(({ identity }) => identity.clientId === clientId)
    for (const connection of found) connection.close('disconnected')
    this.latest = undefined
    return found.length > 0
  }

  private facts(): LatestFacts {
    const now = this.clock.monotonicMs()
    if (this.latest === undefined || now - this.latest.atMs >= everyMs) {
      const [fullest, slow] = [fullestOf(this.connections.current(), shownMax), fullestOf(slowAmong(this.connections.current()), slowMax)]
      this.latest = { atMs: now, fullest: fullest.map(factsOf), slow: slow.map(factsOf) }
    }
    return this.latest
  }

  private shown(all: readonly ConnectionFacts[], named: boolean): ConnectionAnswer[] {
    const name = named ? (text: string) => text : (text: string) => this.hidden(text)
    return all.map((facts) => connectionAnswer(facts, name))
  }

  /** By which somebody is known again as long as this process runs, and not who it is. */
  private hidden(text: string): string {
    return `#${createHmac('sha256', this.key).update(text).digest('base64url').slice(0, 8)}`
  }
}

function factsOf(connection: Connection): ConnectionFacts {
  return connection.facts()
}

function* slowAmong(connections: Iterable<Connection>): Generator<Connection> {
  for (const connection of connections) if (connection.isSlow) yield connection
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
