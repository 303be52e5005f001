import type { Identity } from '#gateway/authenticate/identity.js'
import { Cursors } from '#gateway/table/cursor.js'
import { Authorizer, type Receiver } from '#gateway/authorize/authorize.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { CloseWhenFull } from '#gateway/deliver/backlog/close-when-full.js'
import { ActorScheduler } from '#gateway/deliver/connection/actor-scheduler.js'
import type { ConnectionContext } from '#gateway/deliver/connection/connection-context.js'
import { SubscriptionQuota } from '#gateway/deliver/connection/subscription-quota.js'
import type { ConnectionHubOptions } from '#gateway/deliver/connection-hub.js'
import { greetingOf } from '#gateway/deliver/greeting.js'
import { TokenRenewals } from '#gateway/deliver/connection/token-renewals.js'
import { Delivery } from '#gateway/deliver/deliver.js'
import type { NoteFault } from '#gateway/observe/judging-faults.js'
import { Meter } from '#gateway/observe/meter.js'
import { route } from '#gateway/route/route.js'
import { SubscriptionIndex } from '#gateway/route/subscription-index.js'
import { fakeSchema } from './fake-rights.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { noCollections } from './no-collections.js'
import { loneNode } from './lone-node.js'
import { unknownState } from './unknown-state.js'

export const identity = (overrides: Partial<Identity> = {}): Identity => ({
  sub: 'alice',
  clientId: 'tab-1',
  roles: [],
  claims: {},
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  subprotocol: 'sluice.v1',
  ...overrides,
})

const fixtureLimits = {
  ...{ subscriptionsMax: 10, collectionsMax: 10, subscriptionsTotalMax: 100_000, frameOutBytesMax: 100_000, mailboxBytesMax: 100_000 },
  mailboxesBytesMax: 10_000_000,
}

/** Stages 3 to 5 without a source and without sockets. The types `order` and `parcel` are streamable. */
export class ConnectionFixture {
  readonly clock = new SimulatedClock()
  readonly meter = new Meter()
  readonly noted: string[] = []
  private readonly noteFault: NoteFault = (at, entityType, error) => void this.noted.push(`${at} ${entityType}: ${String(error)}`)
  readonly index = new SubscriptionIndex<Receiver>(this.noteFault)
  readonly logged: LoggedLine[] = []
  readonly badRecords: unknown[] = []
  readonly context: ConnectionContext & Pick<ConnectionHubOptions, 'limits' | 'verifier'>
  private readonly authorizer: Authorizer

  constructor(changes: Partial<ConnectionHubOptions['limits']> = {}, verifier = loneNode.verifier) {
    const { clock, meter, index } = this
    const limits = { ...fixtureLimits, ...changes }
    this.context = {
      clock,
      random: () => 0,
      meter,
      index,
      scheduler: new ActorScheduler(clock),
      types: {
        streamableTypes: () => ['order', 'parcel'],
        unknownTypes: () => ['invoice'],
        streamableSchemasOf: (type) => (['order', 'parcel'].includes(type) ? [fakeSchema(type)] : []),
      },
      state: unknownState,
      collections: noCollections(),
      greeting: greetingOf({ node: 'node-1', hasState: true, limits: { ...limits, framesPerSecondMax: 1_000, frameBytesMax: 16_384 } }),
      verifier,
      renewals: new TokenRenewals(verifier, clock),
      limits,
      quota: new SubscriptionQuota(limits, meter),
      createBacklog: () => new CloseWhenFull(meter, limits.mailboxBytesMax),
      overfull: () => undefined,
      log: recordingLog(this.logged),
      departed: () => undefined,
      noteFault: this.noteFault,
    }
    this.authorizer = new Authorizer({
      frameBytesMax: limits.frameOutBytesMax,
      tables: { get: () => undefined, has: () => false, types: () => [] },
      types: { isUnordered: (entityType) => entityType === 'order', sharesTopic: () => false },
      schemasOf: (type) => [fakeSchema(type)],
      reportBadRecord: (_event, error) => void this.badRecords.push(error),
      meter,
      cursors: new Cursors(() => undefined),
      noteFault: this.noteFault,
    })
  }

  /** Sends change events through the stages, as one batch, and lets the actors run. */
  publish(...events: ChangeEvent[]): void {
    this.deliver(...events)
    this.clock.tick()
  }

  /** As `publish`, but what comes of it waits in the mailboxes for the next tick. */
  deliver(...events: ChangeEvent[]): void {
    const delivery = new Delivery(this.context.scheduler, this.context.meter.types)
    for (const event of events) {
      const routed = route({ event, before: undefined }, this.index, this.context.collections.index)
      for (const update of routed === undefined ? [] : this.authorizer.authorize(routed)) delivery.deliver(update)
    }
    delivery.whenOut(() => undefined)
  }
}
