import type { Clock } from '#clock.js'
import type { ClientFigures } from '../observe/meter.js'
import type { Connection } from './connection/connection.js'

type Counted = Pick<Connection, 'heldBytes' | 'isSlow' | 'identity'>

/** Connections that are looked at in one tick, which takes some tenths of a millisecond. */
const sliceMax = 5000
/** However many ask for metrics, all connections are gone through so often at most. */
const everyMs = 1000
const expiringMs = 60_000

/** Goes through all connections when somebody asks, as nothing is counted for these figures while events are sent. */
export class ConnectionCensus {
  private countedAtMs = -Infinity
  private running: Promise<void> | undefined

  constructor(
    private readonly connections: () => Iterable<Counted>,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the figures of now stand there. */
  count(meter: { clients: ClientFigures }): Promise<void> {
    if (this.clock.monotonicMs() - this.countedAtMs < everyMs) return Promise.resolve()
    return (this.running ??= this.countAll(meter).finally(() => (this.running = undefined)))
  }

  private async countAll(meter: { clients: ClientFigures }): Promise<void> {
    const expiringUntilMs = this.clock.now() + expiringMs
    const sums = { slow: 0, fullestBytes: 0, expiring: 0 }
    let seen = 0
    for (const connection of this.connections()) {
      if (connection.isSlow) sums.slow++
      sums.fullestBytes = Math.max(sums.fullestBytes, connection.heldBytes)
      if (connection.identity.expiresAtMs < expiringUntilMs) sums.expiring++
      if (++seen % sliceMax === 0) await new Promise<void>((resolve) => this.clock.nextTick(resolve))
    }
    meter.clients = sums
    this.countedAtMs = this.clock.monotonicMs()
  }
}
