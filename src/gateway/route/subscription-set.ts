/**
 * A set of subscriptions. Most entities have one subscriber, for which an empty `Set` of 210 B is kept only by those that have
 * had several at a time.
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

  /** Whether it was there. */
  delete(subscription: S): boolean {
    if (this.several !== undefined) return this.several.delete(subscription)
    if (this.only !== subscription) return false
    this.only = undefined
    return true
  }

  /** What is added or deleted meanwhile does no harm. */
  [Symbol.iterator](): Iterator<S> {
    if (this.several !== undefined) return this.several.values()
    return (this.only === undefined ? [] : [this.only]).values()
  }
}
