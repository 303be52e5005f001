// Stage 2. Enters: a batch of records. Leaves: their change events, framing and schema known, data unread.
// Dropped: records whose schema is not streamable, or that are not the topic's entity (counted). Fails: a record that cannot be read is reported and
// skipped, its neighbours are not; while the registry cannot be reached, a partition that needs a schema from it waits, and so do those of a type whose
// latest version it has never told: that decides whether the type is streamed, which record it is, and what is tagged in older versions, too. No other waits.
import type { Clock } from '#clock.js'
import type { EntityTopic } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { RecordPosition } from '../observe/bad-records.js'
import type { Meter } from '../observe/meter.js'
import type { RecordBatch } from '../source/partition-source.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { ChangeEvent } from './change-event.js'
import type { CompiledSchema } from './compiled-schema.js'
import type { EntityCatalog } from './entity-catalog.js'
import type { EntityTypes } from './entity-types.js'
import { RecordDecoder, type SchemaOf } from './record-decoder.js'
import { schemaHeadersIn } from './schema-headers.js'
import type { SchemaStore } from './schema-store.js'
import { isWireFormat, schemaIdOf } from '#registry/wire-format.js'

/** What stage 2 hands on. */
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
  /** Given a `BadRecordError`, or whatever a fault of ours threw. */
  readonly reportBadRecord: (position: RecordPosition, error: unknown) => void
}

/** What is known of each schema id that occurs in a batch. */
type Outcomes = Map<number, CompiledSchema | BadRecordError>

export class Decoder {
  constructor(private readonly options: DecoderOptions) {}

  /** At once where the batch's schemas are known, as nearly always; otherwise when they are. Never rejects. */
  decode(batch: RecordBatch): EventBatch | Promise<EventBatch> {
    const { types, catalog, store } = this.options
    const topic = types.topic(batch.topic)!
    const { known, missing } = schemasOf(batch, topic, store)
    const { name } = topic.entity
    const answered = catalog.isAnswered(name) ? undefined : catalog.whenAnswered(name)
    const told = missing.length === 0 ? catalog.whenTold(topic, known.values()) : undefined
    if (missing.length === 0 && answered === undefined && told === undefined) return this.events(batch, topic, known)
    const loaded = async () => {
      const outcomes = await loadAll(missing, known, store, `${batch.topic}/${batch.partition}`)
      await Promise.all([answered, told ?? catalog.whenTold(topic, outcomes.values())])
      return this.events(batch, topic, outcomes)
    }
    return loaded()
  }

  private events(batch: RecordBatch, topic: EntityTopic, outcomes: Outcomes): EventBatch {
    const { catalog, clock, meter, reportBadRecord } = this.options
    const schemaOf: SchemaOf = (id) => usable(outcomes.get(id))
    const decoder = new RecordDecoder({ topic, partition: batch.partition, schemaOf, catalog })
    const events: ChangeEvent[] = []
    for (const record of batch.records) {
      try {
        const event = decoder.decode(record)
        if (event === 'foreign') meter.recordsForeign++
        else if (event === undefined) meter.recordsNotStreamable++
        else events.push(event)
      } catch (error) {
        reportBadRecord({ topic: batch.topic, partition: batch.partition, offset: record.offset }, error)
      }
    }
    if (batch.records.length > 0) meter.readLatency.observe(clock.now() - batch.records[0]!.timestampMs)
    meter.records += batch.records.length
    meter.recordBytes += batch.bytes
    return { batch, events }
  }
}

function schemasOf({ records }: RecordBatch, topic: EntityTopic, store: SchemaStore): { known: Outcomes; missing: number[] } {
  const known: Outcomes = new Map()
  const missing: number[] = []
  for (const id of schemaIdsOf(records, topic)) {
    const outcome = store.get(id)
    if (outcome === undefined) missing.push(id)
    else known.set(id, outcome)
  }
  return { known, missing }
}

/** What a header names the schema of has no id before it. A key is not asked for where the value says the id: many are no Avro at all, and only look like it. */
function schemaIdsOf(records: readonly KafkaRecord[], { entity }: EntityTopic): Set<number> {
  const idIsInKey = entity.envelope === 'debezium' || (entity.envelope === 'none' && entity.idField === undefined)
  const ids = new Set<number>()
  let lastId = -1 // Records of the same schema come in runs.
  for (const { key, value, headers } of records) {
    const named = schemaHeadersIn(headers)
    if (named.key === undefined && (idIsInKey || value === null) && key !== null && isWireFormat(key)) ids.add(schemaIdOf(key))
    if (value === null || named.value !== undefined || !isWireFormat(value)) continue
    const id = schemaIdOf(value)
    if (id !== lastId) ids.add(id)
    lastId = id
  }
  return ids
}

/** So many of one batch at a time: one of garbage must not send its thousand ids at once, nor wait for a thousand answers one after the other. */
const loadsMax = 16

async function loadAll(missing: readonly number[], outcomes: Outcomes, store: SchemaStore, partition: string): Promise<Outcomes> {
  const ids = missing.values()
  const loadOn = async () => {
    for (const id of ids) outcomes.set(id, await store.load(id, partition))
  }
  await Promise.all(Array.from({ length: Math.min(loadsMax, missing.length) }, loadOn))
  return outcomes
}

function usable(outcome: CompiledSchema | BadRecordError | undefined): CompiledSchema {
  // Of a key that should not have been needed.
  if (outcome === undefined) throw new BadRecordError('entity_id_missing')
  if (outcome instanceof BadRecordError) throw outcome
  return outcome
}
