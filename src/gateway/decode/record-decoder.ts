import { instantMsMax } from '#avro/instant.js'
import { nameCharactersMax, type EntityTopic, type Operation } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { ChangeEvent } from './change-event.js'
import type { CompiledSchema } from './compiled-schema.js'
import type { EntityCatalog } from './entity-catalog.js'
import type { EnvelopeHead, EnvelopeReader } from './envelope/envelope-reader.js'
import { schemaHeadersIn } from './schema-headers.js'
import { isWireFormat, schemaIdOf } from '#registry/wire-format.js'

/** The schema of an id that occurs in the batch. @throws BadRecordError why there is none. */
export type SchemaOf = (id: number) => CompiledSchema

/** Clocks of producers differ from the broker's by seconds; an event from further ahead would make all that follow stale. */
const aheadMsMax = 60_000

export interface RecordDecoderOptions {
  readonly topic: EntityTopic
  readonly partition: number
  readonly schemaOf: SchemaOf
  readonly catalog: EntityCatalog
}

/** Makes change events of the records of one batch. */
export class RecordDecoder {
  private lastEnvelope: EnvelopeReader | undefined
  private lastSchema: CompiledSchema | undefined
  private lastIsMeant = false
  private readonly isStopped: boolean

  constructor(private readonly options: RecordDecoderOptions) {
    this.isStopped = options.catalog.isStopped(options.topic.entity.name)
  }

  /** Undefined where the record's schema is not streamable. @throws BadRecordError */
  decode(record: KafkaRecord): ChangeEvent | 'foreign' | undefined {
    return record.value === null ? this.tombstone(record) : this.event(record, record.value)
  }

  private tombstone(record: KafkaRecord): ChangeEvent | undefined {
    const { topic, partition, catalog } = this.options
    const entityType = topic.entity.name
    if (!catalog.isStreamable(entityType)) return undefined
    const kafkaMs = kafkaTimeOf(record)
    return {
      entityType,
      entityId: this.entityIdOf('', record),
      operation: 'delete',
      timestampMs: kafkaMs ?? 0,
      kafkaTimestampMs: kafkaMs ?? 0,
      topic: topic.topic,
      partition,
      offset: record.offset,
      data: null,
      tombstone: true,
    }
  }

  private event(record: KafkaRecord, value: Buffer): ChangeEvent | 'foreign' | undefined {
    const { topic, partition, catalog } = this.options
    const entityType = topic.entity.name
    refuseNamed(schemaHeadersIn(record.headers).value)
    const schema = this.options.schemaOf(schemaIdOf(value))
    if (!this.isMeant(schema)) return 'foreign'
    const envelope = schema.envelope(topic.entity)
    if (this.isStopped || !(envelope.schema?.streamable ?? catalog.isStreamable(entityType))) {
      this.learn(schema, envelope)
      return undefined
    }
    const head = envelope.read(value)
    const [operation, entityId] = [operationOf(head, topic), this.entityIdOf(head.entityId, record)]
    this.learn(schema, envelope)
    const kafkaMs = kafkaTimeOf(record)
    return {
      operation,
      entityType,
      entityId,
      timestampMs: eventTimeOf(head.timestampMs, kafkaMs),
      kafkaTimestampMs: kafkaMs ?? 0,
      topic: topic.topic,
      partition,
      offset: record.offset,
      data: head.data,
      tombstone: false,
    }
  }

  /** Before anything else is asked of it: a record of another type says nothing of this one, and may lack what this one has. */
  private isMeant(schema: CompiledSchema): boolean {
    if (schema !== this.lastSchema) this.lastIsMeant = this.options.catalog.isMeant(this.options.topic, schema)
    this.lastSchema = schema
    return this.lastIsMeant
  }

  /** Of a record that was read: one of another type, which is none of this topic's, says nothing of it. */
  private learn({ id }: CompiledSchema, envelope: EnvelopeReader): void {
    const { topic, catalog } = this.options
    if (envelope !== this.lastEnvelope) catalog.learn(topic, id, envelope.schema)
    this.lastEnvelope = envelope
  }

  private entityIdOf(inValue: string, record: KafkaRecord): string {
    const entityId = inValue === '' ? this.idInKey(record) : inValue
    if (entityId === '') throw new BadRecordError('entity_id_missing')
    if (entityId.length > nameCharactersMax)
      throw new BadRecordError('over_limit', `an entity id of more than ${nameCharactersMax} characters`)
    return entityId
  }

  private idInKey({ key, headers }: KafkaRecord): string {
    const { topic, schemaOf } = this.options
    if (key === null) return ''
    refuseNamed(schemaHeadersIn(headers).key)
    // No text of people begins with the magic byte 0, so any other key is UTF-8.
    if (!isWireFormat(key)) return key.toString()
    return schemaOf(schemaIdOf(key)).key(topic.entity)(key)
  }
}

/** @param header that names the schema of what is to be read. */
function refuseNamed(header: string | undefined): void {
  if (header !== undefined) throw new BadRecordError('schema_in_header', header)
}

function operationOf({ operation, data }: EnvelopeHead, { operation: topicsOwn }: EntityTopic): Operation {
  const itself = operation ?? topicsOwn ?? 'update'
  if (topicsOwn !== undefined && itself !== topicsOwn) throw new BadRecordError('operation_wrong')
  if (data === null && itself !== 'delete') throw new BadRecordError('data_missing')
  return itself
}

/** Kafka's time is mostly the producer's too, and it can be any number: -1 where there is none. Undefined where it is no time. */
function kafkaTimeOf({ timestampMs }: KafkaRecord): number | undefined {
  return timestampMs >= 0 && timestampMs <= instantMsMax ? timestampMs : undefined
}

/**
 * By what the record says alone, as it decides what is stale: every node, at whatever time by its own clock, decides alike. A record
 * without any time is never newer than another.
 */
function eventTimeOf(ms: number | undefined, kafkaMs: number | undefined): number {
  if (ms === undefined || Math.abs(ms) > instantMsMax) return kafkaMs ?? 0
  return kafkaMs !== undefined && ms > kafkaMs + aheadMsMax ? kafkaMs : ms
}
