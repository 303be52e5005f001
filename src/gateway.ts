import { mergeMap, type Subscription as Running } from 'rxjs'
import { authorize } from './authorize/authorize.js'
import type { Audience, Policy } from './authorize/rights.js'
import type { Clock } from './clock.js'
import { decode } from './decode/decode.js'
import { EntityCatalog } from './decode/entity-catalog.js'
import type { SchemaRegistry } from './decode/schema-registry.js'
import { SchemaStore } from './decode/schema-store.js'
import { ActorScheduler } from './deliver/actor.js'
import type { ConnectionLimits } from './deliver/connection.js'
import { ConnectionHub } from './deliver/connection-hub.js'
import { deliver } from './deliver/deliver.js'
import type { Subscription } from './deliver/subscription.js'
import { topicsOf, type EntityDefinition } from './entities.js'
import { BadRecords } from './observe/bad-records.js'
import type { Log } from './observe/log.js'
import type { Meter } from './observe/meter.js'
import { route } from './route/route.js'
import { SubscriptionIndex } from './route/subscription-index.js'
import type { PartitionSource } from './source/partition-source.js'

/** All that a gateway touches outside itself is handed in, so that a simulation can run the whole of it from one seed. */
export interface GatewayOptions {
  readonly entities: readonly EntityDefinition[]
  readonly source: PartitionSource
  readonly registry: SchemaRegistry
  readonly policy: Policy
  readonly limits: ConnectionLimits & { readonly connectionsMax: number }
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
  /** A fault of ours that the pipeline cannot go on after. */
  readonly onFatal: (error: unknown) => void
}
