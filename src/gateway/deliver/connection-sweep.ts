import type { Clock } from '#clock.js'
import type { Connection } from './connection/connection.js'

/** The number of connections visited in one tick. That takes less than a millisecond, so that a sweep of many does not hold up events. */
const sliceMax = 200

/** Visits connections, some in each tick. Connections that are accepted meanwhile are visited too. */
export class ConnectionSweep {
  private cancelled = false

  constructor(
    private readonly connections: Iterator<Connection>,
    private readonly clock: Clock,
    private readonly visit: (connection: Connection) => void,
    /** Called behind the last visit. */
    private readonly done: () => void = () => undefined,
  ) {
    clock.nextTick(() => this.goOn())
  }

  cancel(): void {
    this.cancelled = true
  }

  private goOn(): void {
    for (let n = 0; n < sliceMax && !this.cancelled; n++) {
      const next = this.connections.next()
      if (next.done) return this.done()
      this.visit(next.value)
    }
    if (!this.cancelled) this.clock.nextTick(() => this.goOn())
  }
}
