import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Meter } from '../../observe/meter.js'

/** One user in ten must not take all there is. */
const usersMin = 10
/** With few in all, somebody with several tabs would meet the tenth: so many connections that are full are always allowed. */
const fullConnectionsMin = 10
/** But never more than a half, however small that is: one user must not lock all others out. */
const usersAtLeast = 2

export interface SubscriptionLimits {
  /** Of one connection. */
  readonly subscriptionsMax: number
  /** Of all connections. */
  readonly subscriptionsTotalMax: number
}

/** Who may subscribe to more: counts the subscriptions of each user, that is each `sub`, and of all. */
export class SubscriptionQuota {
  private readonly bySub = new Map<string, number>()
  private readonly ofUserMax: number

  constructor(
    private readonly limits: SubscriptionLimits,
    private readonly meter: Meter,
  ) {
    const { subscriptionsMax, subscriptionsTotalMax } = limits
    const share = Math.max(Math.floor(subscriptionsTotalMax / usersMin), fullConnectionsMin * subscriptionsMax)
    this.ofUserMax = Math.max(1, Math.min(share, Math.floor(subscriptionsTotalMax / usersAtLeast)))
  }

  /** Why this user may have no further one on a connection that has so many. */
  refusal(sub: string, ofConnection: number): ProtocolErrorCode | undefined {
    if (ofConnection >= this.limits.subscriptionsMax) return 'too_many_subscriptions'
    if ((this.bySub.get(sub) ?? 0) >= this.ofUserMax) return 'too_many_subscriptions_of_user'
    return this.meter.subscriptions >= this.limits.subscriptionsTotalMax ? 'too_many_subscriptions_of_all' : undefined
  }

  /** @param change how many there are more, or fewer. */
  count(sub: string, change: number): void {
    if (change === 0) return
    this.meter.subscriptions += change
    const left = (this.bySub.get(sub) ?? 0) + change
    if (left === 0) this.bySub.delete(sub)
    else this.bySub.set(sub, left)
  }
}
