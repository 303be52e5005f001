import type { Receiver } from '../authorize/authorize.js'
import type { Identity } from '../authenticate/identity.js'
import type { TokenVerifier } from '../authenticate/token-verifier.js'
import type { CurrentPolicy } from '../authorize/policy-in-force.js'
import { tokensAlone, type KnownUsers } from '../control/known-user.js'
import { noRevocations, type Revocations } from '../control/revocations.js'
import { closeNameOf } from '#protocol/close-codes.js'
import { Meter } from '../observe/meter.js'
import type { SubscriptionIndex } from '../route/subscription-index.js'
import { BatchingTransport, batchBytesMax } from './connection/batching-transport.js'
import { CloseWhenFull } from './backlog/close-when-full.js'
import { Connection } from './connection/connection.js'
import type { ConnectionContext, ConnectionLimits } from './connection/connection-context.js'
import { CurrentRights } from './connection/current-rights.js'
import { FrameJoiner } from './connection/frame-joiner.js'
import { ByUser } from './by-user.js'
import { ChangingRights, type Connections } from './changing-rights.js'
import { ConnectionCensus } from './connection-census.js'
import { Drain } from './drain.js'
import { relieve } from './relieve.js'
import { UserCounts } from './user-counts.js'
import { SubscriptionQuota, type SubscriptionLimits } from './connection/subscription-quota.js'
import { TokenRenewals } from './connection/token-renewals.js'
import type { Transport } from './connection/transport.js'
import type { AcceptedConnection, AdmissionRefusal, ConnectionAcceptor } from './connection/connection-acceptor.js'

/** A connection has one second to close after its token expires; this sweep runs twice in it. A sweep costs 0.1 µs a connection or less. */
const expirySweepMs = 500

/**
 * After our close frame a socket lives on until the client closes its side or the kernel gives up: about this long. Sockets that linger, or
 * still wait for their last bytes, count towards `socketsPerConnection`. Without that limit a client that replaces its own connection again
 * and again would hold thousands of sockets, or all there are.
 */
const lingerMs = 15_000

/** How many sockets there may be for each allowed connection, of one user and of all: the lingering ones are as many again. */
export const socketsPerConnection = 2

export interface ConnectionHubOptions extends Omit<ConnectionContext, 'departed' | 'overfull' | 'quota' | 'createBacklog' | 'renewals'> {
  readonly limits: ConnectionLimits & SubscriptionLimits & { readonly frameOutBytesMax: number; readonly idleTimeoutSeconds?: number }
  readonly policy: CurrentPolicy
  /** What is known of users besides their tokens. */
  readonly users?: KnownUsers
  readonly revocations?: Revocations
  /** Verifies the tokens that clients of open connections bring. */
  readonly verifier: TokenVerifier
  readonly index: SubscriptionIndex<Receiver>
  readonly connectionsMax: number
  /** The limit for one user, so that no user keeps all others out. */
  readonly connectionsPerSubMax: number
  readonly socketsMax: number
}

/** All connections of this node. It accepts one for each client and removes those that have gone. */
export class ConnectionHub implements ConnectionAcceptor, Connections {
  private readonly connections = new Map<string, Connection>()
  /** Connections whose client has a newer one, until their sockets are gone. What these still hold is judged like everything else. */
  private readonly replaced = new Set<Connection>()
  private cancelSweep: () => void
  private state: 'starting' | 'open' | 'draining' | 'shutting_down' = 'starting'
  private leaving: Drain<Connection> | undefined
  /** By user: one for each client. */
  private readonly ofUsers = new ByUser<Connection>()
  /** Counts the sockets of each user: those of connections, and those that this side closed in order a short while ago. */
  private readonly sockets = new UserCounts()
  private allGone: (() => void) | undefined
  private readonly context: ConnectionContext
  private readonly joiner = new FrameJoiner()
  private readonly changingRights: ChangingRights
  private readonly users: KnownUsers
  private readonly revocations: Revocations

  constructor(private readonly options: ConnectionHubOptions) {
    const { meter, clock, connectionsMax } = options
    const census = new ConnectionCensus(() => this.connections.values(), clock)
    Object.assign(meter, { connectionsMax, isDraining: () => this.state === 'draining', countClients: () => census.count(meter) })
    this.cancelSweep = options.clock.after(expirySweepMs, () => this.sweep())
    this.users = options.users ?? tokensAlone
    this.revocations = options.revocations ?? noRevocations
    this.changingRights = new ChangingRights({ ...options, users: this.users, revocations: this.revocations }, this)
    this.context = {
      ...options,
      quota: new SubscriptionQuota(options.limits, options.meter),
      renewals: new TokenRenewals(options.verifier, options.clock, this.revocations),
      createBacklog: () => new CloseWhenFull(options.meter, options.limits.mailboxBytesMax),
      departed: (...parameters) => this.departed(...parameters),
      overfull: () => relieve(this.everyone(), options.meter, options.limits.mailboxesBytesMax),
    }
  }

  /** From now on clients are accepted. */
  open(): void {
    if (this.state === 'starting') this.state = 'open'
  }

  /** Whether clients are let in, as long as there is room for them. */
  status(): { readonly ready: boolean; readonly reason?: string } {
    if (this.state === 'open') return { ready: true }
    return { ready: false, reason: notReady[this.state] }
  }

  admissionRefusal(identity?: Identity): AdmissionRefusal | undefined {
    if (this.state === 'starting' || this.state === 'shutting_down') return this.state
    if (identity !== undefined && this.revocations.isVoid(identity)) return 'token_revoked'
    const { connectionsMax, socketsMax } = this.options
    const isKnown = identity !== undefined && this.connections.has(clientKey(identity))
    if (identity !== undefined && this.hasAllOfItsShare(identity, isKnown)) return 'too_many_connections_of_user'
    if (this.sockets.total >= socketsMax) return 'too_many_connections'
    return isKnown || this.connections.size < connectionsMax ? undefined : 'too_many_connections'
  }

  private hasAllOfItsShare({ sub }: Identity, isKnown: boolean): boolean {
    const { connectionsPerSubMax } = this.options
    if (this.sockets.of(sub) >= socketsPerConnection * connectionsPerSubMax) return true
    return !isKnown && this.ofUsers.count(sub) >= connectionsPerSubMax
  }

  /** A second connection of the same client, which is the same `sub` and `client_id`, replaces the first. */
  accept(identity: Identity, transport: Transport): AcceptedConnection {
    const { meter } = this.options
    const client = clientKey(identity)
    const rights = new CurrentRights(this.options.policy, identity, this.options.noteFault, this.users)
    const connection = new Connection(identity, rights, this.transportFor(identity, transport), this.context)
    const replaced = this.connections.get(client)
    this.connections.set(client, connection)
    this.sockets.add(identity.sub)
    this.ofUsers.add(identity.sub, connection)
    meter.connections++
    meter.connectionsAccepted++
    if (replaced !== undefined) this.replace(replaced)
    if (this.state === 'shutting_down') connection.closeInOrder('shutting_down')
    else this.leaving?.joined(connection)
    return connection
  }

  private replace(connection: Connection): void {
    this.replaced.add(connection)
    this.ofUsers.remove(connection.identity.sub, connection)
    connection.close('replaced')
  }

  private transportFor({ subprotocol }: Identity, transport: Transport): Transport {
    if (subprotocol !== 'sluice.v1.batch') return transport
    return new BatchingTransport(transport, this.joiner, Math.min(batchBytesMax, this.options.limits.frameOutBytesMax))
  }

  /** From now on nothing of this type is sent. Clients that have subscribed to an entity of it are told so. */
  tellStopped(entityType: string): void {
    for (const connection of this.everyone()) connection.withdraw(entityType)
    this.visitEach((connection) => connection.tellStopped(entityType))
  }

  /** A type was found, and its entities are known: they belong to the pages of subscriptions without a type. */
  tellFilled(entityType: string): void {
    this.changingRights.sweep(this.current(), (connection) => connection.tellingFilled(entityType))
  }

  /** Closes the connections whose pages show the type by a table that is gone. */
  closeSubscribersOf(entityType: string): void {
    this.visitEach((connection) => connection.closeIfSubscribedTo(entityType))
  }

  current(): Iterable<Connection> {
    return this.connections.values()
  }

  *everyone(): Generator<Connection> {
    yield* this.connections.values()
    yield* this.replaced
  }

  /** A user's replaced connections are looked for, as there are few of all. */
  *ofUser(sub: string): Generator<Connection> {
    yield* this.ofUsers.of(sub)
    for (const connection of this.replaced) if (connection.identity.sub === sub) yield connection
  }

  private visitEach(visit: (connection: Connection) => void): void {
    this.changingRights.sweep(this.current(), (connection) => {
      visit(connection)
      return []
    })
  }

  /**
   * Lets the clients leave one after the other, and goes on sending to them. Resolves when all have left, when the time is over, or when the
   * shutdown begins; at once where none were let in yet.
   */
  async drain(drainMs: number, stopListening: () => void): Promise<void> {
    if (this.state !== 'open' || drainMs === 0) return
    this.state = 'draining'
    const { clock, random, log } = this.options
    log.info({ connections: this.connections.size, drain_ms: drainMs }, 'The node drains: its clients leave one after the other.')
    this.leaving = new Drain({ clock, random, stopListening, clients: () => this.connections.values() })
    await this.leaving.run(drainMs)
  }

  /** Sends what waits, then closes every connection with the code for 'reconnect'. Resolves when all have gone, or after the time limit. */
  async shutDown(timeoutMs: number): Promise<void> {
    this.state = 'shutting_down'
    this.leaving?.stop()
    const gone = new Promise<void>((resolve) => (this.allGone = resolve))
    const cancelLimit = this.options.clock.after(timeoutMs, () => this.allGone?.())
    for (const connection of this.connections.values()) connection.closeInOrder('shutting_down')
    if (this.connections.size > 0) await gone
    cancelLimit()
    // Stopped last: a token that expires during the shutdown still ends what is on its way.
    this.cancelSweep()
  }

  private departed(connection: Connection, code: number, byThisSide: boolean, lingers: boolean): void {
    const { meter } = this.options
    const { sub } = connection.identity
    const client = clientKey(connection.identity)
    meter.connections--
    Meter.count(meter.connectionsClosed, (byThisSide ? closeNameOf(code) : undefined) ?? 'client')
    this.replaced.delete(connection)
    if (lingers) this.options.clock.after(lingerMs, () => this.sockets.remove(sub))
    else this.sockets.remove(sub)
    if (this.connections.get(client) === connection) {
      this.connections.delete(client)
      this.ofUsers.remove(sub, connection)
    }
    if (this.connections.size > 0) return
    this.leaving?.emptied()
    this.allGone?.()
  }

  private sweep(): void {
    const idleMsMax = 1000 * (this.options.limits.idleTimeoutSeconds || Infinity)
    for (const connection of this.everyone()) {
      connection.checkToken()
      if (connection.tookNothingFor(idleMsMax)) connection.close('too_slow')
    }
    this.cancelSweep = this.options.clock.after(expirySweepMs, () => this.sweep())
  }
}

const notReady = {
  starting: 'clients are not let in yet',
  draining: 'the node drains: clients leave it',
  shutting_down: 'clients are let in no more',
} as const

function clientKey({ sub, clientId }: Identity): string {
  return JSON.stringify([sub, clientId])
}
