import { concatMap, mergeMap, Observable, tap, type ObservableInput, type Subscription as Running } from 'rxjs'
import type { EntitySchema } from '#avro/entity-schema.js'
import { type EntityDefinition, topicNamesOf } from '#entities.js'
import { Authorizer, type Receiver } from './authorize/authorize.js'
import { Collections } from './collections/collections.js'
import { Decoder, type EventBatch } from './decode/decode.js'
import { EntityCatalog } from './decode/catalog/entity-catalog.js'
import { EntityTypes } from './decode/entity-types.js'
import { SchemaStore } from './decode/schemas/schema-store.js'
import { VersionReader } from './decode/version-reader.js'
import { TypeDiscovery } from './decode/catalog/type-discovery.js'
import { ActorScheduler } from './deliver/connection/actor-scheduler.js'
import { ConnectionHub, socketsPerConnection } from './deliver/connection-hub.js'
import { subscribableTypes } from './deliver/connection/subscription-gate.js'
import { Delivery } from './deliver/deliver.js'
import { greetingOf } from './deliver/greeting.js'
import { noState, type GatewayOptions, type GatewayStatus } from './gateway-options.js'
import { BadRecords } from './observe/bad-records.js'
import { JudgingFaults } from './observe/judging-faults.js'
import type { BatchTracing } from './observe/tracing/event-tracing.js'
import { route } from './route/route.js'
import { SubscriptionIndex } from './route/subscription-index.js'
import { Cursors } from './table/cursor.js'
import { Forgetting } from './table/forgetting.js'
import { TableFills } from './table/table-fills.js'
import { tabledBatch } from './table/tabled-batch.js'
import type { TabledEvent } from './table/table.js'
import { Tables } from './table/tables.js'
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
  readonly badRecords: BadRecords
  /** Rejects when the pipeline has stopped by a fault of ours: the process cannot go on then. */
  readonly failed: Promise<never>
  private readonly types: EntityTypes
  private readonly store: SchemaStore
  private readonly catalog: EntityCatalog
  private readonly discovery: TypeDiscovery
  private readonly tables: Tables
  private readonly fills: TableFills
  private readonly decoder: Decoder
  private readonly index: SubscriptionIndex<Receiver>
  private readonly authorizer: Authorizer
  private readonly collections: Collections
  private readonly scheduler: ActorScheduler
  private forgetting: Forgetting | undefined
  private running: Running | undefined
  private fail!: (error: unknown) => void

  constructor(private readonly options: GatewayOptions) {
    const { registry, limits, clock, meter, log } = options
    const types = new EntityTypes(options.entities)
    const store = new SchemaStore({ ...options, charactersMax: limits.schemaCharactersMax, isKept: (id) => this.tables.usesSchema(id) })
    const catalog = new EntityCatalog({ ...options, store, learned: options.schemaLearned })
    const { note: noteFault } = new JudgingFaults(meter, log, clock)
    this.badRecords = new BadRecords(meter, log, clock)
    const { report: reportBadRecord } = this.badRecords
    const index = new SubscriptionIndex<Receiver>(noteFault)
    const scheduler = new ActorScheduler(clock, limits.actorsInTickMax)
    const { connectionsMax, connectionsPerSubMax = connectionsMax, socketsMax = connectionsMax * socketsPerConnection } = limits
    const most = { connectionsMax, connectionsPerSubMax, socketsMax }
    const { random, state = noState, source } = options
    const reader = new VersionReader(store, catalog)
    const cursors = new Cursors((topic) => source.topicId(topic))
    this.tables = new Tables({ ...state, reader, cursors, clock, random, meter, log })
    this.authorizer = new Authorizer({
      ...{ types, tables: this.tables, cursors, meter, reportBadRecord, noteFault },
      schemasOf: (entityType) => catalog.streamableSchemasOf(entityType),
      frameBytesMax: limits.frameOutBytesMax,
    })
    this.collections = new Collections({ tables: this.tables, state: this.authorizer.state, limits, clock, meter, noteFault })
    const greeting = greetingOf({ ...options, hasState: options.state !== undefined })
    const subscribable = subscribableTypes(catalog, (type) => this.fills.isFilling(type))
    const known = { types: subscribable, state: this.authorizer.state, collections: this.collections, greeting }
    this.connections = new ConnectionHub({ ...options, ...most, ...known, scheduler, index, noteFault })
    catalog.stopped$.subscribe((entityType) => this.connections.tellStopped(entityType))
    this.discovery = new TypeDiscovery({
      ...{ registry, store, clock, log },
      isKnown: (entityType) => types.has(entityType),
      found: (entity) => this.stream(entity),
    })
    this.decoder = new Decoder({ types, store, catalog, clock, meter, reportBadRecord, hasTable: (type) => this.tables.has(type) })
    this.failed = new Promise((_resolve, reject) => (this.fail = reject))
    this.fills = new TableFills({
      ...{ source, types, tables: this.tables, secondsMax: state.fillSecondsMax, clock, meter, log },
      tell: (events) => this.tell(events),
      lost: (entityType) => this.connections.closeSubscribersOf(entityType),
      failed: this.fail,
    })
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
    const { source, discover, control } = this.options
    const controlled = control?.start()
    await Promise.all([this.catalog.start(), this.startSource()])
    this.running = this.done$().subscribe({
      next: ({ batch, deliveries }) => batch.release(deliveries),
      error: (error: unknown) => this.fail(error),
    })
    this.running.add(warnOfUnequalPartitions(source.partitions$, this.types, this.options))
    // One after the other, in their order: what is left for a type does not depend on which is read faster.
    for (const entities of this.types.groups()) if (this.hasState(entities[0]!)) await this.fills.fill(entities)
    this.forgetting = new Forgetting({ tables: this.tables, isQuiet: () => this.fills.isQuiet(), clock: this.options.clock })
    await Promise.all([controlled, discover === true ? this.discovery.start() : undefined])
    this.connections.open()
  }

  /** Types without a table are read from the ends of their logs. */
  private async startSource(): Promise<void> {
    const withoutState = this.types.all().filter((entity) => !this.hasState(entity))
    await this.options.source.start([...new Set(withoutState.flatMap(topicNamesOf))])
  }

  /** A partition hands on its next batch behind the release of the last one, so that no queue forms before a `concatMap`. */
  private done$(): Observable<DoneBatch> {
    const { source, meter } = this.options
    return source.partitions$.pipe(
      tap(({ topic, partition, lag }) => meter.lag.set(`${topic}/${partition}`, lag)),
      mergeMap(({ batches$ }) =>
        batches$.pipe(
          tap((batch) => this.fills.noteBatch(batch)),
          concatMap((batch) => nowOrLater(this.decoder.decode(batch))),
          concatMap((batch) => this.deliver(batch)),
        ),
      ),
    )
  }

  /** All of a batch in one go, so that a request comes between two batches. */
  private deliver({ batch, events }: EventBatch): Observable<DoneBatch> {
    const { tables, fills } = this
    const delivery = new Delivery(this.scheduler, this.options.meter.types)
    const tracing = this.options.tracing?.batch(batch.records)
    for (const topic of this.types.topicsNamed(batch.topic))
      this.handOn(tabledBatch({ topic, batch, events }, tables, fills), delivery, tracing)
    return new Observable((subscriber) => {
      delivery.whenOut((deliveries) => {
        subscriber.next({ batch, deliveries })
        subscriber.complete()
      })
    })
  }

  /**
   * Each event is on its way before the next one is authorized: what has been sent decides who hears of a delete and what is stale, and so
   * the frames of a batch are not all in memory at a time.
   */
  private handOn(events: Iterable<TabledEvent>, delivery: Delivery, tracing?: BatchTracing): void {
    const { index, collections, authorizer } = this
    const { meter } = this.options
    for (const tabled of events) {
      const { event } = tabled
      for (const update of authorizer.compare(event, index.takePerhapsChanged(event.entityId))) delivery.deliver(update)
      for (const update of collections.ahead(tabled)) delivery.deliver(update)
      const routed = route(tabled, index, collections.index)
      const counts = meter.types.of(event.entityType)
      if (!event.hidden) counts[routed === undefined ? 'unwanted' : 'routed']++
      if (routed === undefined) continue
      meter.eventsRouted++
      const span = tracing?.begin(event)
      const updates = authorizer.authorize(routed)
      span?.encoded()
      for (const update of updates) delivery.deliver(update, span)
      if (span !== undefined) delivery.endWith(span)
    }
  }

  /** Deletes that no record says. */
  private tell(events: Iterable<TabledEvent>): Promise<void> {
    const delivery = new Delivery(this.scheduler, this.options.meter.types)
    this.handOn(events, delivery)
    return new Promise((resolve) => delivery.whenOut(() => resolve()))
  }

  /** Its positions are held before anybody can subscribe to it. */
  private async stream(entity: EntityDefinition): Promise<void> {
    this.types.add(entity)
    const fill = this.hasState(entity) ? this.fills.fill([entity]) : this.options.source.add(topicNamesOf(entity), 'end')
    await this.catalog.add(entity)
    await fill
    this.connections.tellFilled(entity.name)
  }

  private hasState({ state = true }: EntityDefinition): boolean {
    return this.options.state !== undefined && state
  }

  /** Reads nothing more, sends what waits, and closes every connection with the code that says 'reconnect', within the limit. */
  async stop(timeoutMs: number): Promise<void> {
    this.fills.stop()
    await Promise.all([this.options.source.stop(), this.connections.shutDown(timeoutMs)])
    await this.options.control?.stop()
    this.running?.unsubscribe()
    this.forgetting?.stop()
    this.collections.stop()
    this.discovery.stop()
    this.catalog.stop()
    this.store.stop()
  }

  /** The schemas of each entity type that are known so far. */
  knownSchemas(): EntitySchema[] {
    return this.catalog.types().flatMap((name) => this.catalog.schemasOf(name))
  }

  /** The topics whose latest versions are kept. */
  tabledTopics(): string[] {
    return [...new Set(this.types.all().flatMap((entity) => (this.tables.has(entity.name) ? topicNamesOf(entity) : [])))]
  }

  /**
   * A node that has let clients in stays ready, whatever it loses later: otherwise all nodes would be taken out of service at once. What is
   * amiss is a reason all the same.
   */
  status(): GatewayStatus {
    const { tables, fills, catalog, store, connections, options } = this
    const all = [options.source, options.control, tables, fills, catalog, store, connections]
    const parts = all.flatMap((part) => part?.status() ?? [])
    return { ready: connections.status().ready, reasons: parts.flatMap(({ reason }) => reason ?? []) }
  }
}

/** A batch that is decoded already goes on in the same tick. */
function nowOrLater<T extends object>(value: T | Promise<T>): ObservableInput<T> {
  return value instanceof Promise ? value : [value]
}
