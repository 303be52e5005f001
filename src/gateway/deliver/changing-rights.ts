import type { Clock } from '#clock.js'
import type { KnownState } from '../authorize/entity-state.js'
import type { CurrentPolicy } from '../authorize/policy-in-force.js'
import type { Collections } from '../collections/collections.js'
import type { KnownUsers } from '../control/known-user.js'
import type { Revocations } from '../control/revocations.js'
import type { LatencyHistogram } from '../observe/latency-histogram.js'
import type { Meter } from '../observe/meter.js'
import type { ActorScheduler } from './connection/actor-scheduler.js'
import type { Connection } from './connection/connection.js'
import { sweepOver, type Visit } from './connection-sweep.js'
import type { Slices } from './slices.js'

export interface ChangingRightsOptions {
  readonly policy: CurrentPolicy
  readonly users: KnownUsers
  readonly revocations: Revocations
  readonly index: { regroup(): void }
  readonly collections: Pick<Collections, 'policyReplaced'>
  readonly state: KnownState
  readonly scheduler: ActorScheduler
  readonly clock: Clock
  readonly meter: Meter
}

/** The connections of a node. */
export interface Connections {
  /** Those whose clients are connected. */
  current(): Iterable<Connection>
  /** With those that their clients have replaced, until their sockets are gone. */
  everyone(): Iterable<Connection>
  ofUser(sub: string): Iterable<Connection>
}

/** Brings the connections of a node in line with rights that change by the policy, by what is known of users and by revocations. */
export class ChangingRights {
  /** Tells clients what a change of the policy has taken from them. */
  private reclassification: Slices | undefined
  /** Those of whose users something else is known, and whose pages were not compared yet; with Kafka's time of the record. */
  private readonly changed = new Map<Connection, number | undefined>()
  private isComparing = false

  constructor(
    private readonly options: ChangingRightsOptions,
    private readonly connections: Connections,
  ) {
    options.policy.follow((recordMs) => this.policyReplaced(recordMs))
    options.users.follow((sub, recordMs) => this.userChanged(sub, recordMs))
    options.revocations.follow((sub, recordMs) => this.tokensRevoked(sub, recordMs))
  }

  /** Visits connections in slices, in which pages share what they are told. */
  sweep(connections: Iterable<Connection>, visit: Visit, done?: () => void): Slices {
    const { clock, state } = this.options
    return sweepOver(connections, clock, visit, { within: (slice) => state.changedRights.sharing(slice), done })
  }

  /**
   * From now on nothing is authorized by the former policy, and no frame leaves a mailbox that was authorized by it and may show too much.
   */
  private policyReplaced(recordMs: number | undefined): void {
    this.options.index.regroup()
    for (const connection of this.connections.everyone()) connection.rightsChanged()
    this.options.collections.policyReplaced()
    this.reclassification?.cancel()
    const { clock, meter, scheduler } = this.options
    const changedMs = clock.monotonicMs()
    const told = () =>
      scheduler.afterRound(() => {
        meter.rightsChangeLatency.observe(clock.monotonicMs() - changedMs)
        this.observe(meter.policyChangeLatency, recordMs)
      })
    const compared = (visit: Visit, done: () => void) => (this.reclassification = this.sweep(this.connections.current(), visit, done))
    compared(
      (connection) => connection.takingAway(),
      () => compared((connection) => connection.tellingChangedRights(), told),
    )
  }

  /** The same for the connections of one user, or of all where that is unknown. Their pages are compared one after the other. */
  private userChanged(sub: string | undefined, recordMs: number | undefined): void {
    for (const connection of this.of(sub)) {
      connection.userChanged()
      this.changed.set(connection, recordMs)
    }
    if (this.isComparing || this.changed.size === 0) return
    this.isComparing = true
    this.sweep(
      this.changed.keys(),
      (connection) => this.comparing(connection),
      () => (this.isComparing = false),
    )
  }

  /** One that changes meanwhile comes again at the end. */
  private *comparing(connection: Connection): Generator {
    const recordMs = this.changed.get(connection)
    this.changed.delete(connection)
    yield* connection.comparing()
    const { meter, scheduler } = this.options
    scheduler.afterRound(() => this.observe(meter.claimsChangeLatency, recordMs))
  }

  /** Nothing leaves any more by tokens that are void. */
  private tokensRevoked(sub: string | undefined, recordMs: number | undefined): void {
    const { revocations, meter } = this.options
    for (const connection of this.of(sub)) {
      if (!revocations.isVoid(connection.identity)) continue
      // Also one that is closing, whose last bytes are still in its socket.
      connection.endToken('revoked')
      this.observe(meter.revocationLatency, recordMs)
    }
  }

  /** Those of a user, or all where it is unknown of whom. */
  private of(sub: string | undefined): Iterable<Connection> {
    return sub === undefined ? this.connections.everyone() : this.connections.ofUser(sub)
  }

  private observe(latency: LatencyHistogram, recordMs: number | undefined): void {
    if (recordMs !== undefined) latency.observe(this.options.clock.now() - recordMs)
  }
}
