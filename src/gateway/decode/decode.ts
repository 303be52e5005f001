// Decode. Enters: a batch of records. Leaves: their change events, with framing and schema known and data unread. Dropped: records whose
// schema is not streamable, or that are not the topic's entity, which are counted. Fails: a record that cannot be read is reported and
// skipped, and its neighbours are not.
//
// While the registry cannot be reached, a partition that needs a schema from it waits. So do the partitions of a type whose latest version
// the registry has never answered: that version decides whether the type is streamed, which record it is, and what is tagged even in older
// versions. No other partition waits.
import type { Clock } from '#clock.js'
import type { EntityDefinition, EntityTopic } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { RecordPosition } from '../observe/bad-records.js'
import type { Meter } from '../observe/meter.js'
import type { TypeMeter } from '../observe/type-meters.js'
import type { RecordBatch } from '../source/partition-source.js'
import type { ChangeEvent } from './change-event.js'
import type { CompiledSchema } from './schemas/compiled-schema.js'
import type { EntityCatalog } from './catalog/entity-catalog.js'
import type { EntityTypes } from './entity-types.js'
import { type FramedRecord, framedRecord } from './framed-record.js'
import { RecordDecoder, type SchemaOf } from './record-decoder.js'
import { OwnerDecoder, RecordOwners } from './record-owners.js'
import type { SchemaStore } from './schemas/schema-store.js'
import { schemaIdOf } from '#registry/wire-format.js'
import { isAvroKey } from './id/key-format.js'
import { KeyIds } from './id/key-ids.js'

/** What decoding hands on. */
export interface EventBatch {
  readonly batch: RecordBatch
  readonly events: readonly ChangeEvent[]
}

export interface DecoderOptions {
  readonly types: EntityTypes
  readonly store: SchemaStore
  readonly catalog: EntityCatalog
  readonly clock: Clock
  readonly meter: Meter
  /** Whether each version of the type counts, also one that shows nothing. */
  readonly hasTable: (entityType: string) => boolean
  /** Called with a `BadRecordError`, or with the error of a fault in this process. */
  readonly reportBadRecord: (position: RecordPosition, error: unknown) => void
}

/** The schema of each id in a batch, or why it cannot be used. */
type Outcomes = Map<number, CompiledSchema | BadRecordError>

export class Decoder {
  private readonly keyIds = new WeakMap<EntityDefinition, KeyIds>()
  /** By topics that types share. */
  private readonly owners = new Map<string, RecordOwners>()

  constructor(private readonly options: DecoderOptions) {}

  /** Answers at once where the batch's schemas are known, as they nearly always are, and otherwise when they are. Never rejects. */
  decode(batch: RecordBatch): EventBatch | Promise<EventBatch> {
    const { types, catalog, store } = this.options
    const topics = types.topicsNamed(batch.topic)
    const records = batch.records.map((record) => framedRecord(record, store.numberOfGuid))
    const { known, missing } = schemasOf(schemaIdsOf(records, topics, catalog), store)
    const answers = topics.flatMap(({ entity }) => (catalog.isAnswered(entity.name) ? [] : [catalog.whenAnswered(entity.name)]))
    const whenKnown = (outcomes: Outcomes) => topics.flatMap((topic) => catalog.whenEntityKnown(topic, outcomes.values()) ?? [])
    const entitiesKnown = missing.length === 0 ? whenKnown(known) : []
    if (missing.length === 0 && answers.length === 0 && entitiesKnown.length === 0) return this.events(batch, records, topics, known)
    const partition = `${batch.topic}/${batch.partition}`
    // Others that come meanwhile must not push out what the batch was waiting for.
    store.hold(new Set([...known.keys(), ...missing]), partition)
    const loaded = async () => {
      const outcomes = await loadAll(missing, known, store, partition)
      await Promise.all([...answers, ...(missing.length === 0 ? entitiesKnown : whenKnown(outcomes))])
      return this.events(batch, records, topics, outcomes)
    }
    return loaded()
  }

  private events(batch: RecordBatch, records: readonly FramedRecord[], topics: readonly EntityTopic[], outcomes: Outcomes): EventBatch {
    const { clock, meter } = this.options
    const schemaOf: SchemaOf = (id) => schemaOrThrow(outcomes.get(id))
    const decoders = topics.map((topic) => this.decoderOf(topic, batch.partition, schemaOf))
    // Whose a record is that cannot be read is not known where types share the topic.
    const counts = meter.types.of(topics.length === 1 ? topics[0]!.entity.name : undefined)
    const decoderOfData = decoders.length === 1 ? decoders[0]! : new OwnerDecoder(decoders, this.ownersOf(batch.topic, topics))
    const events: ChangeEvent[] = []
    for (const record of records) {
      // A tombstone is each type's own: where one cannot read its key, others may.
      if (record.value !== null) this.decodeBy(decoderOfData, record, batch, events, counts)
      else for (const decoder of decoders) this.decodeBy(decoder, record, batch, events, counts)
    }
    if (batch.records.length > 0) meter.readLatency.observe(clock.now() - batch.records[0]!.timestampMs)
    meter.records += batch.records.length
    meter.recordBytes += batch.bytes
    return { batch, events }
  }

  private decoderOf(topic: EntityTopic, partition: number, schemaOf: SchemaOf): RecordDecoder {
    const { catalog, hasTable } = this.options
    const keyIds = this.keyIdsOf(topic.entity)
    return new RecordDecoder({ topic, partition, schemaOf, keyIds, catalog, keepsHidden: hasTable(topic.entity.name) })
  }

  private decodeBy(
    decoder: Pick<RecordDecoder, 'decode'>,
    record: FramedRecord,
    batch: RecordBatch,
    events: ChangeEvent[],
    counts: TypeMeter,
  ): void {
    const { meter, reportBadRecord } = this.options
    try {
      const event = decoder.decode(record)
      if (event === 'foreign') meter.recordsForeign++
      else if (event === undefined || event.hidden) counts.notStreamable++
      if (event !== 'foreign' && event !== undefined) events.push(event)
    } catch (error) {
      counts.bad++
      reportBadRecord({ topic: batch.topic, partition: batch.partition, offset: record.offset }, error)
    }
  }

  private ownersOf(topic: string, topics: readonly EntityTopic[]): RecordOwners {
    const known = this.owners.get(topic) ?? new RecordOwners(topics, this.options.catalog)
    this.owners.set(topic, known)
    return known
  }

  private keyIdsOf(entity: EntityDefinition): KeyIds {
    const known = this.keyIds.get(entity) ?? new KeyIds(entity)
    this.keyIds.set(entity, known)
    return known
  }
}

function schemasOf(ids: ReadonlySet<number>, store: SchemaStore): { known: Outcomes; missing: number[] } {
  const known: Outcomes = new Map()
  const missing: number[] = []
  for (const id of ids) {
    const outcome = store.get(id)
    if (outcome === undefined) missing.push(id)
    else known.set(id, outcome)
  }
  return { known, missing }
}

/**
 * The schema ids of a batch's values and keys that can be read. A key's schema is only needed
 * where the value does not hold the entity id: many keys are not Avro at all and only look like it.
 */
function schemaIdsOf(records: readonly FramedRecord[], topics: readonly EntityTopic[], catalog: EntityCatalog): Set<number> {
  const ids = new Set<number>()
  for (const topic of topics) addSchemaIds(ids, records, topic, catalog)
  return ids
}

function addSchemaIds(ids: Set<number>, records: readonly FramedRecord[], topic: EntityTopic, catalog: EntityCatalog): void {
  const { entity } = topic
  const idIsInKey = entity.envelope === 'debezium' || (entity.envelope === 'none' && entity.idFields === undefined)
  const isAvro = catalog.hasAvroKeys(topic)
  let lastId = -1 // Records of the same schema come in runs.
  for (const { key, value, badKey, badValue, isKeyAvro } of records) {
    if (badValue !== undefined) continue
    const mayBeNeeded = badKey === undefined && (idIsInKey || value === null) && key !== null
    if (mayBeNeeded && (isKeyAvro === true || isAvroKey(key, entity, isAvro))) ids.add(schemaIdOf(key))
    if (value === null) continue
    const id = schemaIdOf(value)
    if (id !== lastId) ids.add(id)
    lastId = id
  }
}

/** How many schemas of one batch are loaded at a time: a batch of garbage must neither ask for its thousand ids at once nor one by one. */
const loadsMax = 16

async function loadAll(missing: readonly number[], outcomes: Outcomes, store: SchemaStore, partition: string): Promise<Outcomes> {
  const ids = missing.values()
  const loadOn = async () => {
    for (const id of ids) outcomes.set(id, await store.load(id, partition))
  }
  await Promise.all(Array.from({ length: Math.min(loadsMax, missing.length) }, loadOn))
  return outcomes
}

function schemaOrThrow(outcome: CompiledSchema | BadRecordError | undefined): CompiledSchema {
  // Only the schemas of some keys are not loaded: of those that should not be needed, as the value holds the id.
  if (outcome === undefined) throw new BadRecordError('entity_id_missing')
  if (outcome instanceof BadRecordError) throw outcome
  return outcome
}
