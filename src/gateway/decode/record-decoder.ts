import { instantMsMax } from '#avro/instant.js'
import { nameCharactersMax, type EntityTopic, type Operation } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { FramedRecord } from './framed-record.js'
import type { ChangeEvent } from './change-event.js'
import type { CompiledBranch } from './schemas/compiled-branch.js'
import type { CompiledSchema } from './schemas/compiled-schema.js'
import type { EntityCatalog } from './catalog/entity-catalog.js'
import type { EnvelopeHead, EnvelopeReader } from './envelope/envelope-reader.js'
import { schemaIdOf } from '#registry/wire-format.js'
import { keyFormatOf, plainTextIn } from './id/key-format.js'
import { type KeyIds, refusePartOfKey } from './id/key-ids.js'

/** The schema of an id that occurs in the batch. @throws BadRecordError that says why there is none. */
export type SchemaOf = (id: number) => CompiledSchema

/** How far an event's time may be ahead of the broker's. Clocks differ by seconds; an event from later would make all that follow stale. */
const aheadMsMax = 60_000

export interface RecordDecoderOptions {
  readonly topic: EntityTopic
  readonly partition: number
  readonly schemaOf: SchemaOf
  readonly keyIds: KeyIds
  readonly catalog: EntityCatalog
  /** Whether records are events too that show nothing, as each version of their type counts. */
  readonly keepsHidden: boolean
}

/** Makes change events from the records of one batch. */
export class RecordDecoder {
  private lastEnvelope: EnvelopeReader | undefined
  private lastBranch: CompiledBranch | undefined
  private lastIsMeant = false
  private readonly isStopped: boolean

  constructor(private readonly options: RecordDecoderOptions) {
    this.isStopped = options.catalog.isStopped(options.topic.entity.name)
  }

  /** `foreign` where the record is not the topic's entity, undefined where its schema is not streamable. @throws BadRecordError */
  decode(record: FramedRecord): ChangeEvent | 'foreign' | undefined {
    return record.value === null ? this.tombstone(record) : this.event(record, record.value)
  }

  /** What a record with a value is. @throws BadRecordError */
  branchOf({ value, badValue }: FramedRecord): CompiledBranch {
    if (badValue !== undefined) throw badValue
    return this.options.schemaOf(schemaIdOf(value!)).branchIn(value!)
  }

  private tombstone(record: FramedRecord): ChangeEvent | undefined {
    const { topic, partition, catalog, keepsHidden } = this.options
    const entityType = topic.entity.name
    const hidden = !catalog.isStreamable(entityType)
    if (hidden && !keepsHidden) return undefined
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
      value: null,
      hidden,
    }
  }

  private event(record: FramedRecord, value: Buffer): ChangeEvent | 'foreign' | undefined {
    const { topic, partition, keepsHidden } = this.options
    const entityType = topic.entity.name
    if (record.badValue !== undefined) throw record.badValue
    const schema = this.options.schemaOf(schemaIdOf(value))
    const branch = schema.branchIn(value)
    if (!this.isMeant(branch)) return 'foreign'
    const envelope = branch.envelope(topic.entity)
    const hidden = this.isHidden(envelope)
    if (hidden && !keepsHidden) {
      this.learn(schema, envelope)
      return undefined
    }
    const head = envelope.read(value, branch.start)
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
      data: hidden ? null : head.data,
      tombstone: false,
      value,
      hidden,
    }
  }

  private isHidden({ schema }: EnvelopeReader): boolean {
    const { topic, catalog } = this.options
    return this.isStopped || !(schema?.streamable ?? catalog.isStreamable(topic.entity.name))
  }

  /** Asked before anything else, as a record of another type says nothing about this one and may lack its fields. */
  private isMeant(branch: CompiledBranch): boolean {
    if (branch !== this.lastBranch) this.lastIsMeant = this.options.catalog.isMeant(this.options.topic, branch)
    this.lastBranch = branch
    return this.lastIsMeant
  }

  /** Called once a record was read: a record of another entity type, which does not belong on this topic, must teach nothing. */
  private learn({ id }: CompiledSchema, envelope: EnvelopeReader): void {
    const { topic, catalog } = this.options
    if (envelope !== this.lastEnvelope) catalog.learn(topic, id, envelope.schema)
    this.lastEnvelope = envelope
  }

  private entityIdOf(inValue: string, record: FramedRecord): string {
    const { idFields } = this.options.topic.entity
    if (inValue !== '' && idFields !== undefined && record.key !== null) refusePartOfKey(record.key, idFields)
    const entityId = inValue === '' ? this.idInKey(record) : inValue
    if (entityId === '') throw new BadRecordError('entity_id_missing', record.key === null ? 'the record has no key' : undefined)
    if (entityId.length > nameCharactersMax)
      throw new BadRecordError('over_limit', `an entity id of more than ${nameCharactersMax} characters`)
    return entityId
  }

  private idInKey({ key, badKey, isKeyAvro }: FramedRecord): string {
    const { topic, schemaOf, catalog, keyIds } = this.options
    if (key === null) return ''
    if (badKey !== undefined) throw badKey
    const plain = topic.entity.key === undefined && isKeyAvro !== true ? plainTextIn(key) : undefined
    if (plain !== undefined) return plain
    const format = isKeyAvro === true ? 'avro' : keyFormatOf(key, topic.entity, catalog.hasAvroKeys(topic))
    return format === 'avro' ? schemaOf(schemaIdOf(key)).keyReader(topic.entity)(key) : keyIds.idIn(key, format)
  }
}

function operationOf({ operation, data }: EnvelopeHead, { operation: topicsOwn }: EntityTopic): Operation {
  const itself = operation ?? topicsOwn ?? 'update'
  if (topicsOwn !== undefined && itself !== topicsOwn) throw new BadRecordError('operation_wrong')
  if (data === null && itself !== 'delete') throw new BadRecordError('data_missing')
  return itself
}

/** Undefined where the record has no usable time: Kafka's time is mostly set by the producer, may be any number, and is -1 for none. */
function kafkaTimeOf({ timestampMs }: KafkaRecord): number | undefined {
  return timestampMs >= 0 && timestampMs <= instantMsMax ? timestampMs : undefined
}

/**
 * The time by which events are stale or not. It depends on the record only, so that every node decides alike whatever its clock says. A
 * record without any time is never newer than another.
 */
function eventTimeOf(ms: number | undefined, kafkaMs: number | undefined): number {
  if (ms === undefined || Math.abs(ms) > instantMsMax) return kafkaMs ?? 0
  return kafkaMs !== undefined && ms > kafkaMs + aheadMsMax ? kafkaMs : ms
}
