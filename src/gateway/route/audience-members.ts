import type { Audience } from '#policy/rights.js'
import { SubscriptionSet } from './subscription-set.js'

/** The subscriptions of one audience to one entity. */
export class AudienceMembers<S extends object> extends SubscriptionSet<S> {
  /** The time of the newest event that the audience was sent, in milliseconds since the epoch; -Infinity where it was sent none. */
  private newest = -Infinity

  constructor(readonly audience: Audience) {
    super()
  }

  get newestSentMs(): number {
    return this.newest
  }

  noteSent(ms: number): void {
    if (ms > this.newest) this.newest = ms
  }
}
