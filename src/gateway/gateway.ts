import { concatMap, mergeMap, Observable, tap, type ObservableInput, type Subscription as Running } from 'rxjs'
import type { EntitySchema } from '#avro/entity-schema.js'
import { type EntityDefinition, topicsOf } from '#entities.js'
import { Authorizer, type Receiver } from './authorize/authorize.js'
import { Decoder, type EventBatch } from './decode/decode.js'
import { EntityCatalog } from './decode/catalog/entity-catalog.js'
import { EntityTypes } from './decode/entity-types.js'
import { SchemaStore } from './decode/schemas/schema-store.js'
import { VersionReader } from './decode/version-reader.js'
import { TypeDiscovery } from './decode/catalog/type-discovery.js'
import { ActorScheduler } from './deliver/connection/actor-scheduler.js'
import { ConnectionHub, socketsPerConnection } from './deliver/connection-hub.js'
import { Delivery } from './deliver/deliver.js'
import type { GatewayOptions, GatewayStatus } from './gateway-options.js'
import { BadRecords } from './observe/bad-records.js'
import { JudgingFaults } from './observe/judging-faults.js'
import { route } from './route/route.js'
import { SubscriptionIndex } from './route/subscription-index.js'
import { Filling } from './table/filling.js'
import { Tables } from './table/tables.js'
import { offsetAfter } from './source/partition-turns.js'
import type { Partition } from './source/partition-source.js'
import { warnOfUnequalPartitions } from './source/partition-counts.js'

/** A batch that has been dealt with. */
interface DoneBatch {
  readonly batch: EventBatch['batch']
  readonly deliveries: number
}

/**
 *     source ──> decode ──> table ──> route ──> authorize ──> deliver
 *     batches    change     before    its       one frame     an actor per
 *                events     + after   audiences per mask      connection
 */
export class Gateway {
  /** Takes in the sockets of clients. */
  readonly connections: ConnectionHub
  /** Rejects when the pipeline has stopped by a fault of ours: the process cannot go on then. */
  readonly failed: Promise<never>
  private readonly types: EntityTypes
  private readonly store: SchemaStore
  private readonly catalog: EntityCatalog
  private readonly discovery: TypeDiscovery
  private readonly tables: Tables
  private readonly filling: Filling
  private readonly decoder: Decoder
  private readonly index: SubscriptionIndex<Receiver>
  private readonly authorizer: Authorizer
  private readonly scheduler: ActorScheduler
  private running: Running | undefined
  private fail!: (error: unknown) => void

  constructor(private readonly options: GatewayOptions) {
    const { registry, limits, clock, meter, log } = options
    const types = new EntityTypes(options.entities)
    const store = new SchemaStore(options)
    const catalog = new EntityCatalog({ ...options, store, learned: options.schemaLearned })
    const { note: noteFault } = new JudgingFaults(meter, log, clock)
    const { report: reportBadRecord } = new BadRecords(meter, log, clock)
    const index = new SubscriptionIndex<Receiver>(noteFault)
    const scheduler = new ActorScheduler(clock, limits.actorsInTickMax)
    const { connectionsMax, connectionsPerSubMax = connectionsMax, socketsMax = connectionsMax * socketsPerConnection } = limits
    const most = { connectionsMax, connectionsPerSubMax, socketsMax }
    const { random, state } = options
    const reader = new VersionReader(store, catalog)
    this.tables = new Tables({ reader, window: state?.window ?? { bytesMax: 0, secondsMax: 0 }, clock, random, meter })
    this.authorizer = new Authorizer({
      ...{ types, tables: this.tables, meter, reportBadRecord, noteFault },
      schemasOf: (entityType) => catalog.streamableSchemasOf(entityType),
      frameBytesMax: limits.frameOutBytesMax,
    })
    this.connections = new ConnectionHub({ ...options, ...most, scheduler, index, types: catalog, state: this.authorizer.state, noteFault })
    catalog.stopped$.subscribe((entityType) => this.connections.tellStopped(entityType))
    this.discovery = new TypeDiscovery({
      ...{ registry, store, clock, log },
      isKnown: (entityType) => types.has(entityType),
      found: (entity) => this.stream(entity),
    })
    this.decoder = new Decoder({ types, store, catalog, clock, meter, reportBadRecord, hasTable: (type) => this.tables.has(type) })
    for (const entity of options.entities) this.addTable(entity)
    this.filling = new Filling(options.source.partitions$)
    this.failed = new Promise((_resolve, reject) => (this.fail = reject))
    this.types = types
    this.store = store
    this.catalog = catalog
    this.index = index
    this.scheduler = scheduler
  }

  /**
   * Resolves when the ends of all partitions are held and the registry has been asked; keeps trying until then. Only then are
   * clients let in: whoever is told that a subscription stands gets every event from there on.
   */
  async start(): Promise<void> {
    const { source, discover } = this.options
    const withTable = this.types.all().filter(({ name }) => this.tables.has(name))
    const filledTopics = withTable.flatMap(topicNamesOf)
    await Promise.all([this.catalog.start(), this.startSource(filledTopics)])
    this.running = this.done$().subscribe({
      next: ({ batch, deliveries }) => batch.release(deliveries),
      error: (error: unknown) => this.fail(error),
    })
    this.running.add(warnOfUnequalPartitions(source.partitions$, this.types, this.options))
    await this.filling.whenFilled(filledTopics)
    if (discover === true) await this.discovery.start()
    this.connections.open()
  }

  /** Types with a table are read from the beginning, all others from the end. */
  private async startSource(filledTopics: readonly string[]): Promise<void> {
    const { source } = this.options
    await source.start(this.types.topicNames().filter((topic) => !filledTopics.includes(topic)))
    await source.add(filledTopics, 'beginning')
  }

  /** A partition hands on its next batch behind the release of the last one, so that no queue forms before a `concatMap`. */
  private done$(): Observable<DoneBatch> {
    return this.options.source.partitions$.pipe(
      tap((partition) => this.noteFound(partition)),
      mergeMap(({ batches$ }) =>
        batches$.pipe(
          concatMap((batch) => nowOrLater(this.decoder.decode(batch))),
          concatMap((batch) => this.deliver(batch)),
        ),
      ),
    )
  }

  /** A table knows its logs before their first records: a cursor of one that lags is ahead, and not of another cluster. */
  private noteFound({ topic, partition, lag }: Partition): void {
    this.options.meter.lag.set(`${topic}/${partition}`, lag)
    this.tables.noteRead(this.types.topic(topic)!, partition, 0)
  }

  /**
   * All of a batch in one go. Each event is on its way before the next one is authorized: what has been sent decides who hears of a
   * delete and what is stale, and so the frames of a batch are not all in memory at a time.
   */
  private deliver({ batch, events }: EventBatch): Observable<DoneBatch> {
    const { tables, types, index, authorizer, options } = this
    const delivery = new Delivery(this.scheduler)
    for (const event of events) {
      const tabled = tables.write(event, types.topic(event.topic)!)
      for (const update of tabled === undefined ? [] : authorizer.compare(event, index.takePerhapsChanged(event.entityId)))
        delivery.deliver(update)
      const routed = tabled && route(tabled, index)
      if (routed === undefined) continue
      options.meter.eventsRouted++
      for (const update of authorizer.authorize(routed)) delivery.deliver(update)
    }
    tables.noteRead(types.topic(batch.topic)!, batch.partition, offsetAfter(batch.records))
    return new Observable((subscriber) => {
      delivery.whenOut((deliveries) => {
        subscriber.next({ batch, deliveries })
        subscriber.complete()
      })
    })
  }

  /** Its positions are held before anybody can subscribe to it. */
  private async stream(entity: EntityDefinition): Promise<void> {
    this.types.add(entity)
    const topics = topicNamesOf(entity)
    const hasTable = this.addTable(entity)
    await this.options.source.add(topics, hasTable ? 'beginning' : 'end')
    await this.catalog.add(entity)
    if (hasTable) await this.filling.whenFilled(topics)
  }

  /** Answers whether the type has a table. */
  private addTable({ name, state = true }: EntityDefinition): boolean {
    if (this.options.state === undefined || !state) return false
    this.tables.add(name)
    return true
  }

  /** Reads nothing more, sends what waits, and closes every connection with the code that says 'reconnect', within the limit. */
  async stop(timeoutMs: number): Promise<void> {
    await Promise.all([this.options.source.stop(), this.connections.shutDown(timeoutMs)])
    this.running?.unsubscribe()
    this.discovery.stop()
    this.catalog.stop()
    this.store.stop()
  }

  /** The schemas of each entity type that are known so far. */
  knownSchemas(): EntitySchema[] {
    return this.catalog.types().flatMap((name) => this.catalog.schemasOf(name))
  }

  status(): GatewayStatus {
    const parts = [this.options.source.status(), this.catalog.status(), this.store.status(), this.connections.status()]
    return { ready: parts.every(({ ready }) => ready), reasons: parts.flatMap(({ reason }) => reason ?? []) }
  }
}

function topicNamesOf(entity: EntityDefinition): string[] {
  return topicsOf(entity).map(({ topic }) => topic)
}

/** A batch that is decoded already goes on in the same tick. */
function nowOrLater<T extends object>(value: T | Promise<T>): ObservableInput<T> {
  return value instanceof Promise ? value : [value]
}
