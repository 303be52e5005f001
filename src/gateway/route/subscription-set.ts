/**
 * A set of subscriptions. Most entities have one subscriber, so the `Set`, which takes 210 B, is made only when there are several at a
 * time. It stays then.
 */
export class SubscriptionSet<S extends object> implements Iterable<S> {
  private only: S | undefined
  private several: Set<S> | undefined

  get isEmpty(): boolean {
    return this.several === undefined ? this.only === undefined : this.several.size === 0
  }

  add(subscription: S): void {
    if (this.several !== undefined) this.several.add(subscription)
    else if (this.only === undefined) this.only = subscription
    else if (this.only !== subscription) this.several = new Set([this.only, subscription])
  }

  /** Answers whether the subscription was there. */
  delete(subscription: S): boolean {
    if (this.several !== undefined) return this.several.delete(subscription)
    if (this.only !== subscription) return false
    this.only = undefined
    return true
  }

  /** Subscriptions may be added and deleted during the iteration. */
  [Symbol.iterator](): Iterator<S> {
    if (this.several !== undefined) return this.several.values()
    return (this.only === undefined ? [] : [this.only]).values()
  }
}
