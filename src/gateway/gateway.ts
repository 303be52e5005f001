import { mergeMap, tap, type Observable, type Subscription as Running } from 'rxjs'
import { authorize } from './authorize/authorize.js'
import type { Policy } from '#policy/rights.js'
import type { Clock } from '#clock.js'
import { decode } from './decode/decode.js'
import { EntityCatalog } from './decode/entity-catalog.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { VersionedRegistry } from '#registry/schema-registry.js'
import { SchemaStore } from './decode/schema-store.js'
import { TypeDiscovery } from './decode/type-discovery.js'
import { ActorScheduler } from './deliver/connection/actor-scheduler.js'
import { ConnectionHub, socketsPerConnection } from './deliver/connection-hub.js'
import { deliver, type DeliveredBatch } from './deliver/deliver.js'
import type { Subscription } from './deliver/connection/subscription.js'
import { topicsOf, type EntityDefinition } from '#entities.js'
import { BadRecords } from './observe/bad-records.js'
import { JudgingFaults } from './observe/judging-faults.js'
import type { Log } from '#log.js'
import type { Meter } from './observe/meter.js'
import { route } from './route/route.js'
import { SubscriptionIndex } from './route/subscription-index.js'
import { warnOfUnequalPartitions } from './source/partition-counts.js'
import type { PartitionSource } from './source/partition-source.js'

/** All that a gateway touches outside itself is handed in, so that a simulation can run the whole of it from one seed. */
export interface GatewayOptions {
  readonly entities: readonly EntityDefinition[]
  /** Whether types are streamed that are found in the registry, too. */
  readonly discover?: boolean
  readonly source: PartitionSource
  readonly registry: VersionedRegistry
  readonly policy: Policy
  readonly longs: 'number' | 'string'
  readonly limits: GatewayLimits
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
  /** Called with each schema of a configured type when it is first known. */
  readonly schemaLearned?: (schema: EntitySchema) => void
}

export interface GatewayLimits {
  readonly connectionsMax: number
  /** Of one user; as many as of all unless told. */
  readonly connectionsPerSubMax?: number
  /** Those included that were just closed; twice as many as connections unless told. */
  readonly socketsMax?: number
  /** Of one connection. */
  readonly subscriptionsMax: number
  /** Of all connections together. */
  readonly subscriptionsTotalMax: number
  /** Of one frame that is sent, in bytes. */
  readonly frameOutBytesMax: number
  /** What may wait for one connection, in bytes. */
  readonly mailboxBytesMax: number
  /** What may wait for all connections together, in bytes. */
  readonly mailboxesBytesMax: number
  /** Connections that are written to in one tick; as many as the scheduler's own default unless told. */
  readonly actorsInTickMax?: number
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
  private readonly store: SchemaStore
  private readonly discovery: TypeDiscovery
  /** Those that are configured, and those that were found. */
  private readonly entities: EntityDefinition[]
  private readonly unorderedTypes: Set<string>
  private readonly delivered$: Observable<DeliveredBatch>
  private running: Running | undefined
  private fail!: (error: unknown) => void

  constructor(private readonly options: GatewayOptions) {
    const { source, registry, limits, clock, meter, log } = options
    const entities = [...options.entities]
    const store = new SchemaStore(options)
    const stopped = (entityType: string) => this.connections.tellStopped(entityType)
    const catalog = new EntityCatalog({ entities, registry, store, clock, log, learned: options.schemaLearned, stopped })
    const { note: noteFault } = new JudgingFaults(meter, log, clock)
    const index = new SubscriptionIndex<Subscription>(noteFault)
    const scheduler = new ActorScheduler(clock, limits.actorsInTickMax)
    const { report: reportBadRecord } = new BadRecords(meter, log, clock)
    const unorderedTypes = new Set(entities.flatMap(({ layout, name }) => (layout === 'topic-per-operation' ? [name] : [])))

    this.delivered$ = source.partitions$.pipe(
      tap(({ topic, partition, lag }) => meter.lag.set(`${topic}/${partition}`, lag)),
      mergeMap(({ batches$ }) =>
        batches$.pipe(
          decode({ entities, store, catalog, clock, meter, reportBadRecord }),
          route(index, meter),
          authorize({
            ...{ unorderedTypes, meter, reportBadRecord, noteFault },
            schemasOf: (type) => catalog.streamableSchemasOf(type),
            frameBytesMax: limits.frameOutBytesMax,
          }),
          deliver(scheduler),
        ),
      ),
    )
    const { connectionsMax, connectionsPerSubMax = connectionsMax, socketsMax = connectionsMax * socketsPerConnection } = limits
    this.connections = new ConnectionHub({
      ...options,
      scheduler,
      index,
      types: catalog,
      connectionsMax,
      connectionsPerSubMax,
      socketsMax,
      noteFault,
    })
    this.failed = new Promise((_resolve, reject) => (this.fail = reject))
    this.entities = entities
    this.unorderedTypes = unorderedTypes
    this.store = store
    this.catalog = catalog
    const isKnown = (entityType: string) => this.entities.some(({ name }) => name === entityType)
    this.discovery = new TypeDiscovery({ registry, store, clock, log, isKnown, found: (entity) => this.take(entity) })
  }

  /**
   * Resolves when the ends of all partitions are held and the registry has been asked; keeps trying until then. Only then are
   * clients let in: whoever is told that a subscription stands gets every event from there on.
   */
  async start(): Promise<void> {
    const { entities, options } = this
    const { source } = options
    const topics = entities.flatMap(topicsOf).map(({ topic }) => topic)
    await Promise.all([this.catalog.start(), source.start(topics)])
    this.running = this.delivered$.subscribe({
      next: ({ batch, deliveries }) => batch.release(deliveries),
      error: (error: unknown) => this.fail(error),
    })
    this.running.add(warnOfUnequalPartitions(source.partitions$, entities, this.options))
    if (options.discover === true) await this.discovery.start()
    this.connections.open()
  }

  /** Its positions are held before anybody can subscribe to it. */
  private async take(entity: EntityDefinition): Promise<void> {
    this.entities.push(entity)
    this.unorderedTypes.add(entity.name)
    await this.options.source.add(topicsOf(entity).map(({ topic }) => topic))
    await this.catalog.add(entity)
  }

  /** Reads nothing more, sends what waits, and closes every connection with the code that says 'reconnect', within the limit. */
  async stop(timeoutMs: number): Promise<void> {
    await Promise.all([this.options.source.stop(), this.connections.shutDown(timeoutMs)])
    this.running?.unsubscribe()
    this.discovery.stop()
    this.catalog.stop()
    this.store.stop()
  }

  /** From here on every event is judged by this policy, and clients that are connected by what it gives them. */
  replacePolicy(policy: Policy): void {
    this.connections.replacePolicy(policy)
  }

  /** The schemas of each entity type that are known so far. */
  knownSchemas(): EntitySchema[] {
    return this.catalog.types().flatMap((name) => this.catalog.schemasOf(name))
  }

  status(): GatewayStatus {
    const parts = [this.options.source.status(), this.catalog.status(), this.store.status()]
    return { ready: parts.every(({ ready }) => ready), reasons: parts.flatMap(({ reason }) => reason ?? []) }
  }
}
