/** The decoding stage with a registry in memory and a clock that stands still; records by hand. */
import { concatMap, Subject } from 'rxjs'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { Decoder, type EventBatch } from '#gateway/decode/decode.js'
import { EntityCatalog, type EntityCatalogOptions } from '#gateway/decode/catalog/entity-catalog.js'
import { EntityTypes } from '#gateway/decode/entity-types.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import type { VersionedRegistry } from '#registry/schema-registry.js'
import { SchemaStore } from '#gateway/decode/schemas/schema-store.js'
import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { Meter } from '#gateway/observe/meter.js'
import type { RecordBatch } from '#gateway/source/partition-source.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import { askedRegistry } from '../schemas/asked-registry.js'
import { type AvroJson, encode } from '../values/avro-cases.js'
import { type LoggedLine, recordingLog } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { projectedText } from '../values/projected-text.js'

export const kafkaTimeMs = Date.UTC(2026, 0, 1)

export const orderSchema = {
  type: 'record',
  name: 'Order',
  streamable: true,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'total', type: 'int' },
  ],
}

/** Bare records, whose ids stand in them. */
export const bareOrder: EntityDefinition = {
  name: 'order',
  layout: 'single-topic',
  envelope: 'none',
  topic: 'shop.orders',
  idFields: ['id'],
  streamable: true,
}

export class DecodeFixture {
  readonly registry = new MemoryRegistry()
  readonly clock = new SimulatedClock(kafkaTimeMs)
  readonly lines: LoggedLine[] = []
  readonly meter = new Meter()
  readonly bad: string[] = []
  readonly store: SchemaStore
  readonly catalog: EntityCatalog
  readonly out: EventBatch[] = []
  private readonly partitions = new Map<string, Subject<RecordBatch>>()

  constructor(
    readonly entities: readonly EntityDefinition[],
    asked: (memory: MemoryRegistry) => Partial<VersionedRegistry> = () => ({}),
    listeners: Pick<EntityCatalogOptions, 'learned'> = {},
  ) {
    const { clock } = this
    const registry = askedRegistry(this.registry, asked(this.registry))
    const log = recordingLog(this.lines)
    this.store = new SchemaStore({ registry, clock, random: () => 0.5, log })
    this.catalog = new EntityCatalog({ entities, registry, store: this.store, clock, log, ...listeners })
  }

  /** Registers the schema and returns its id. */
  register(topic: string, schema: object, references: object[] = [], metadata?: unknown): number {
    const texts = references.map((reference) => JSON.stringify(reference))
    return this.registry.register(`${topic}-value`, JSON.stringify(schema), texts, metadata)
  }

  /** Hands a batch to the partition's pipeline; what comes out at once or later is in `out` and `bad`. */
  push(topic: string, records: Partial<KafkaRecord>[], partition = 0): void {
    const complete = records.map((record, i) => ({ offset: i, timestampMs: kafkaTimeMs, key: null, value: null, ...record }))
    this.pipeline(`${topic}/${partition}`).next({
      topic,
      partition,
      records: complete,
      bytes: 100,
      release: () => undefined,
    })
  }

  /** The one event of one record, after the registry has been asked for the latest versions and its schema has been loaded; why it is bad; or undefined where it is dropped. */
  async decodeOne(topic: string, record: Partial<KafkaRecord>): Promise<ChangeEvent | string | undefined> {
    const isAsked = this.entities.every(({ name }) => this.catalog.isAnswered(name))
    if (!isAsked) await this.catalog.start()
    const before = { out: this.out.length, bad: this.bad.length }
    this.push(topic, [record])
    await this.clock.settle()
    return this.bad[before.bad] ?? this.out[before.out]?.events[0]
  }

  private pipeline(name: string): Subject<RecordBatch> {
    const known = this.partitions.get(name)
    if (known !== undefined) return known
    const batches$ = new Subject<RecordBatch>()
    const reportBadRecord = ({ offset }: { offset: number }, error: unknown) => {
      if (!(error instanceof BadRecordError)) throw error
      this.bad.push(offset === 0 ? error.reason : `${offset}: ${error.reason}`)
    }
    const { store, catalog, clock, meter } = this
    const decoder = new Decoder({
      types: new EntityTypes(this.entities),
      store,
      catalog,
      clock,
      meter,
      reportBadRecord,
      hasTable: () => false,
    })
    const decoded = (batch: RecordBatch) => {
      const events = decoder.decode(batch)
      return events instanceof Promise ? events : [events]
    }
    batches$.pipe(concatMap(decoded)).subscribe((batch) => void this.out.push(batch))
    this.partitions.set(name, batches$)
    return batches$
  }
}

/** Bytes in Confluent's wire format. */
export function wire(id: number, bytes: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.writeUInt32BE(id, 1)
  return Buffer.concat([header, bytes])
}

export function wireOf(id: number, schema: object, value: unknown): Buffer {
  return wire(id, encode(schema as AvroJson, value))
}

/** The data of an event as JSON text, all leaves of it. */
export function dataOf(event: ChangeEvent | string | undefined): string | undefined {
  if (event === undefined || typeof event === 'string' || event.data === null) return undefined
  const { schema, bytes, start } = event.data
  return projectedText(schema, new Set(schema.leaves.keys()), bytes, start)
}
