// Stage 2. Enters: a batch of records. Leaves: their change events, framing and schema known, data unread.
// Dropped: records whose schema is not streamable, or that are not the topic's entity (counted). Fails: a record that cannot be read is reported and
// skipped, its neighbours are not; while the registry cannot be reached, a partition that needs a schema from it waits, and so do those of a type whose
// latest version it has never told: that decides whether the type is streamed, which record it is, and what is tagged in older versions, too. No other waits.
import { concatMap, from, map, of, type OperatorFunction } from 'rxjs'
import type { Clock } from '#clock.js'
import { type EntityDefinition, type EntityTopic, topicsOf } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { RecordPosition } from '../observe/bad-records.js'
import type { Meter } from '../observe/meter.js'
import type { RecordBatch } from '../source/partition-source.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { ChangeEvent } from './change-event.js'
import type { CompiledSchema } from './compiled-schema.js'
import type { EntityCatalog } from './entity-catalog.js'
import { RecordDecoder, type SchemaOf } from './record-decoder.js'
import { schemaHeadersIn } from './schema-headers.js'
import type { SchemaStore } from './schema-store.js'
import { isWireFormat, schemaIdOf } from '#registry/wire-format.js'

export interface EventBatch {
  readonly batch: RecordBatch
  readonly events: readonly ChangeEvent[]
}

export interface DecodeOptions {
  readonly entities: readonly EntityDefinition[]
  readonly store: SchemaStore
  readonly catalog: EntityCatalog
  readonly clock: Clock
  readonly meter: Meter
  /** Given a `BadRecordError`, or whatever a fault of ours threw. */
  readonly reportBadRecord: (position: RecordPosition, error: unknown) => void
}

/** What is known of each schema id that occurs in a batch. */
type Outcomes = Map<number, CompiledSchema | BadRecordError>

/**
 * Decodes the batches of partitions: in the same tick where their schemas are known, as nearly always.
 * The source hands on a partition's next batch after the release of the last one, so that no queue forms before `concatMap`.
 */
export function decode(options: DecodeOptions): OperatorFunction<RecordBatch, EventBatch> {
  const { catalog } = options
  const topics = new Map(options.entities.flatMap(topicsOf).map((topic) => [topic.topic, topic]))
  return concatMap((batch) => {
    const topic = topics.get(batch.topic)!
    const { known, missing } = schemasOf(batch, topic, options.store)
    const decoded = (outcomes: Outcomes) => decodeBatch(batch, topic, outcomes, options)
    const { name } = topic.entity
    const answered = catalog.isAnswered(name) ? undefined : catalog.whenAnswered(name)
    const told = missing.length === 0 ? catalog.whenTold(topic, known.values()) : undefined
    if (missing.length === 0 && answered === undefined && told === undefined) return of(decoded(known))
    const loaded = async () => {
      const outcomes = await loadAll(missing, known, options.store, `${batch.topic}/${batch.partition}`)
      await Promise.all([answered, told ?? catalog.whenTold(topic, outcomes.values())])
      return outcomes
    }
    return from(loaded()).pipe(map(decoded))
  })
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

function decodeBatch(batch: RecordBatch, topic: EntityTopic, outcomes: Outcomes, options: DecodeOptions): EventBatch {
  const { catalog, clock, meter } = options
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
      options.reportBadRecord({ topic: batch.topic, partition: batch.partition, offset: record.offset }, error)
    }
  }
  if (batch.records.length > 0) meter.readLatency.observe(clock.now() - batch.records[0]!.timestampMs)
  meter.records += batch.records.length
  meter.recordBytes += batch.bytes
  return { batch, events }
}

function usable(outcome: CompiledSchema | BadRecordError | undefined): CompiledSchema {
  // Of a key that should not have been needed.
  if (outcome === undefined) throw new BadRecordError('entity_id_missing')
  if (outcome instanceof BadRecordError) throw outcome
  return outcome
}
