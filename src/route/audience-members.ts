import { SubscriptionSet } from './subscription-set.js'

/** The subscriptions of one audience to one entity. */
export class AudienceMembers<A, S extends object> extends SubscriptionSet<S> {
  constructor(readonly audience: A) {
    super()
  }
}
