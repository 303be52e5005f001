import { monotonicMs } from '../harness/monotonic.js'

/** What subscribes and unsubscribes. */
interface Churning {
  ask(type: 'subscribe' | 'unsubscribe', entity: number): void
}

export interface ChurnOrder {
  /** Requests of all connections together. */
  readonly perSecond: number
  /** The first entity to which they subscribe, each to one of its own: none of which anything is fed. */
  readonly firstEntity: number
}

/** Requests leave in portions this often, in milliseconds. */
const portionMs = 10

/** Connections subscribe to an entity and unsubscribe from it, one after the other and again and again, while they receive others. */
export class Churn {
  private readonly startMs = monotonicMs()
  private readonly timer: NodeJS.Timeout
  /** Requests that have been made. */
  requests = 0

  constructor(
    private readonly connections: readonly Churning[],
    private readonly order: ChurnOrder,
  ) {
    this.timer = setInterval(() => this.catchUp(monotonicMs()), portionMs)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private catchUp(nowMs: number): void {
    const due = Math.floor(((nowMs - this.startMs) * this.order.perSecond) / 1000)
    for (; this.requests < due; this.requests++) {
      const index = this.requests % this.connections.length
      const round = Math.floor(this.requests / this.connections.length)
      this.connections[index]!.ask(round % 2 === 0 ? 'subscribe' : 'unsubscribe', this.order.firstEntity + index)
    }
  }
}
