import type { Clock } from '../clock.js'
import type { Connection } from './connection/connection.js'

/** Connections in one tick: less than a millisecond, so that events are not held up by a sweep of many. */
const sliceMax = 200

/**
 * After a change of the policy: tells clients which of their subscriptions show nothing any more, and lets go of the former policy.
 * What is sent is judged by the new one from the change on, whether the sweep has come by or not.
 */
export class Reclassification {
  private cancelled = false

  constructor(
    private readonly connections: Iterator<Connection>,
    private readonly clock: Clock,
  ) {
    clock.nextTick(() => this.sweep())
  }

  cancel(): void {
    this.cancelled = true
  }

  private sweep(): void {
    for (let n = 0; n < sliceMax && !this.cancelled; n++) {
      const next = this.connections.next()
      if (next.done) return
      next.value.tellLostRights()
    }
    if (!this.cancelled) this.clock.nextTick(() => this.sweep())
  }
}
