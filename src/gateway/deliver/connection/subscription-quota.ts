import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Meter } from '../../observe/meter.js'
import { UserCounts } from '../user-counts.js'

/** One user gets at most this part of all subscriptions, a tenth. */
const usersMin = 10
/** Where the limit of all is low, a tenth would stop a user with several tabs. This many full connections are always allowed. */
const fullConnectionsMin = 10
/**
 * Each event of a type asks all its collections without an equality, at about a microsecond: 100,000 different ones of one user would cost it
 * 100 ms. Of collections a user has at most as many as so many full connections.
 */
const connectionsOfCollectionsMax = 10
/** A user never gets more than a half, so that no user locks all others out. */
const usersAtLeast = 2

export interface SubscriptionLimits {
  /** The limit of one connection. */
  readonly subscriptionsMax: number
  /** How many collections one connection may subscribe to. */
  readonly collectionsMax: number
  /** The limit of all connections together. */
  readonly subscriptionsTotalMax: number
}

/** Counts the subscriptions of each user (`sub`) and of all, and says whether there may be more. */
export class SubscriptionQuota {
  private readonly bySub = new Map<string, number>()
  private readonly collections = new UserCounts()
  private readonly ofUserMax: number

  constructor(
    private readonly limits: SubscriptionLimits,
    private readonly meter: Meter,
  ) {
    const { subscriptionsMax, subscriptionsTotalMax } = limits
    const share = Math.max(Math.floor(subscriptionsTotalMax / usersMin), fullConnectionsMin * subscriptionsMax)
    this.ofUserMax = Math.max(1, Math.min(share, Math.floor(subscriptionsTotalMax / usersAtLeast)))
  }

  /** The limit that allows this user no further subscription on a connection with this many, if any. */
  limitReached(sub: string, ofConnection: number): ProtocolErrorCode | undefined {
    if (ofConnection >= this.limits.subscriptionsMax) return 'too_many_subscriptions'
    if ((this.bySub.get(sub) ?? 0) >= this.ofUserMax) return 'too_many_subscriptions_of_user'
    return this.meter.subscriptions >= this.limits.subscriptionsTotalMax ? 'too_many_subscriptions_of_all' : undefined
  }

  /** The same for a collection. @param collections of the connection; @param subscriptions what it has besides. */
  collectionLimitReached(sub: string, collections: number, subscriptions: number): ProtocolErrorCode | undefined {
    const { collectionsMax } = this.limits
    const isOver = collections >= collectionsMax || this.collections.of(sub) >= connectionsOfCollectionsMax * collectionsMax
    return isOver ? 'too_many_collections' : this.limitReached(sub, subscriptions)
  }

  addCollection(sub: string): void {
    this.count(sub, 1)
    this.collections.add(sub)
    this.meter.collections++
  }

  removeCollection(sub: string): void {
    this.count(sub, -1)
    this.collections.remove(sub)
    this.meter.collections--
  }

  /** @param change the number of subscriptions added, or negative, removed. */
  count(sub: string, change: number): void {
    if (change === 0) return
    this.meter.subscriptions += change
    const left = (this.bySub.get(sub) ?? 0) + change
    if (left === 0) this.bySub.delete(sub)
    else this.bySub.set(sub, left)
  }
}
