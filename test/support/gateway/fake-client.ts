import type { Client } from '#gateway/deliver/connection/client.js'
import { ConnectionCollections } from '#gateway/deliver/connection/connection-collections.js'
import { ConnectionSubscriptions } from '#gateway/deliver/connection/connection-subscriptions.js'
import { CurrentRights } from '#gateway/deliver/connection/current-rights.js'
import type { Subscription } from '#gateway/deliver/connection/subscription.js'
import { SubscriptionQuota } from '#gateway/deliver/connection/subscription-quota.js'
import { Meter } from '#gateway/observe/meter.js'
import type { Policy, Rights } from '#policy/rights.js'
import { fakeSchema } from './fake-rights.js'
import { noCollections } from './no-collections.js'
import { throwFault } from './throw-fault.js'
import { unknownState } from './unknown-state.js'

/** Of a subscription that wishes nothing. */
export const noWish = { conflates: false, pace: undefined }

/** A client without a connection, of two types that are streamed. */
export class FakeClient implements Client {
  readonly dialect = 'sluice.v1'
  readonly listed = new Set<Subscription>()
  readonly types: Client['types'] = {
    streamableTypes: () => ['order', 'parcel'],
    unknownTypes: () => [],
    streamableSchemasOf: (type) => [fakeSchema(type)],
  }
  readonly state: Client['state'] = unknownState
  readonly authenticate = () => []
  readonly waitToRead = () => undefined
  readonly owes = () => false
  readonly random = () => 0
  readonly replayRoom = { take: () => true }
  readonly overtakenBy = () => []
  readonly meter = new Meter()
  readonly rights: CurrentRights
  readonly subscriptions: ConnectionSubscriptions
  readonly collections: ConnectionCollections
  readonly leaveCollection = () => false
  readonly noteHeld = () => undefined
  private readonly inForce: { current: Policy }

  constructor(rights: Rights) {
    this.inForce = { current: { rightsOf: () => rights } }
    this.rights = new CurrentRights(this.inForce, { sub: '', roles: [], claims: {} }, throwFault)
    const listing = {
      add: (subscription: Subscription) => void this.listed.add(subscription),
      remove: (subscription: Subscription) => void this.listed.delete(subscription),
      regroupAmid: (_subscriptions: unknown, change: () => void) => change(),
      noteCompared: () => undefined,
    }
    const quota = new SubscriptionQuota({ subscriptionsMax: 3, collectionsMax: 3, subscriptionsTotalMax: 100 }, new Meter())
    this.subscriptions = new ConnectionSubscriptions(listing, this.subscriber(), quota)
    this.collections = new ConnectionCollections(noCollections(), this.collectionSubscriber(), quota)
  }

  /** By another policy. */
  change(rights: Rights): void {
    this.inForce.current = { rightsOf: () => rights }
  }

  private collectionSubscriber() {
    const untold = { tellAll: () => undefined, tellLostCollection: () => undefined, endCollection: () => undefined }
    return { ...this.subscriber(), isBlocked: false, collectionAudience: () => undefined, ...untold }
  }

  private subscriber() {
    const fail = (error: unknown) => throwFault('', '', error)
    const untold = { frameFor: () => undefined as never, leavesOut: () => false, tell: () => undefined, fail }
    return {
      rights: this.rights,
      rightsNow: this.rights,
      identity: { sub: 'alice' },
      audienceOf: (type: string) => this.rights.audienceOf(type),
      ...untold,
    }
  }
}
