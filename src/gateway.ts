import { mergeMap, type Subscription as Running } from 'rxjs'
import { authorize } from './authorize/authorize.js'
import type { Audience, Policy } from './authorize/rights.js'
import type { Clock } from './clock.js'
import { decode } from './decode/decode.js'
import { EntityCatalog } from './decode/entity-catalog.js'
import type { SchemaRegistry } from './decode/schema-registry.js'
import { SchemaStore } from './decode/schema-store.js'
import { ActorScheduler } from './deliver/actor.js'
import { ConnectionHub } from './deliver/connection-hub.js'
import { deliver } from './deliver/deliver.js'
import type { Subscription } from './deliver/subscription.js'
import { topicsOf, type EntityDefinition } from './entities.js'
import { BadRecords } from './observe/bad-records.js'
import type { Log } from './observe/log.js'
import type { Meter } from './observe/meter.js'
import { route } from './route/route.js'
import { SubscriptionIndex } from './route/subscription-index.js'
import type { PartitionSource, RecordBatch } from './source/partition-source.js'

/** All that a gateway touches outside itself is handed in, so that a simulation can run the whole of it from one seed. */
export interface GatewayOptions {
  readonly entities: readonly EntityDefinition[]
  readonly source: PartitionSource
  readonly registry: SchemaRegistry
  readonly policy: Policy
  readonly longs: 'number' | 'string'
  readonly limits: GatewayLimits
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
}

export interface GatewayLimits {
  readonly connectionsMax: number
  /** Of one connection. */
  readonly subscriptionsMax: number
  /** What may wait for one connection, in bytes. */
  readonly mailboxBytesMax: number
}

export interface GatewayStatus {
  readonly ready: boolean
  /** One sentence for each part that is not ready, or not wholly. */
  readonly reasons: readonly string[]
}

/**
 *     source ──> decode ──> route ──> authorize ──> deliver
 *     batches    change     its       one frame     an actor per
 *                events     audiences per mask      connection
 */
export class Gateway {
  /** Takes in the sockets of clients. */
  readonly connections: ConnectionHub
  /** Rejects when the pipeline has stopped by a fault of ours: the process cannot go on then. */
  readonly failed: Promise<never>
  private readonly catalog: EntityCatalog
  private readonly schemas: SchemaStore
  private fail!: (error: unknown) => void
  private running: Running | undefined

  constructor(private readonly options: GatewayOptions) {
    const { entities, registry, limits, clock, log } = options
    this.failed = new Promise((_resolve, reject) => (this.fail = reject))
    this.schemas = new SchemaStore(options)
    this.catalog = new EntityCatalog({ entities, registry, store: this.schemas, clock, log })
    const index = new SubscriptionIndex<Audience, Subscription>()
    const scheduler = new ActorScheduler(clock)
    this.connections = new ConnectionHub({ ...options, ...limits, index, scheduler, types: this.catalog })
    this.run = () => this.pipeline(index)
  }
}
