import { wireHeaderOf } from '#registry/wire-format.js'
import { type EntityDefinition, joinedId, nameCharactersMax, type Operation, operations, topicsOf } from '#entities.js'
import { AvroSink } from '#avro/write/avro-sink.js'
import { avroWriterOf } from '#avro/write/avro-writer.js'
import { memberOf } from '#avro/write/foreign-value.js'
import { invalid } from '#avro/write/invalid.js'
import { behind, InvalidEntityError } from '#avro/write/invalid-entity.js'
import { isWellFormed, serviceForm } from '#avro/write/service-form.js'
import type { WriteValue } from '#avro/write/value-form.js'
import type { PublishedEntity } from './published-entity.js'
import type { OutgoingRecord } from '#kafka/record-producer.js'

/** A change of an entity, as a service states it. */
export interface EntityChange {
  readonly operation: Operation
  /** The entity as it is now. A delete may have none. */
  readonly entity: unknown
  /** The id of an entity that does not hold it itself. */
  readonly entityId: string | undefined
  readonly timestampMs: number
}

/** Makes the record of a change, in the layout of its entity and in Confluent's wire format. */
export class EntityRecordWriter {
  private readonly definition: EntityDefinition
  private readonly writeEntity: WriteValue

  constructor(
    { definition, record }: Pick<PublishedEntity, 'definition' | 'record'>,
    private readonly schemaIds: ReadonlyMap<string, number>,
    leaveOutUnknown = false,
  ) {
    this.definition = definition
    this.writeEntity = avroWriterOf(record, { ...serviceForm, isClosed: !leaveOutUnknown })
  }

  /** @throws InvalidEntityError */
  write(change: EntityChange): { readonly topic: string; readonly record: OutgoingRecord } {
    const topic = this.topicOf(change.operation)
    const key = this.entityIdOf(change)
    if (this.definition.envelope === 'none') {
      const value = change.operation === 'delete' ? null : this.written(topic, (sink) => this.writeEntity(sink, change.entity, 'any'))
      return { topic, record: { key, value, timestampMs: change.timestampMs } }
    }
    const value = this.written(topic, (sink) => this.writeEvent(sink, key, change))
    return { topic, record: { key, value, timestampMs: undefined } }
  }

  private topicOf(operation: Operation): string {
    return topicsOf(this.definition).find((topic) => topic.operation === undefined || topic.operation === operation)!.topic
  }

  private written(topic: string, write: (sink: AvroSink) => void): Buffer {
    const sink = new AvroSink()
    sink.raw(wireHeaderOf(this.schemaIds.get(topic)!))
    write(sink)
    return sink.written()
  }

  /** The fields of `eventSchemaOf`, in its order. */
  private writeEvent(sink: AvroSink, entityId: string, { operation, entity, timestampMs }: EntityChange): void {
    sink.string(entityId)
    sink.string(this.definition.name)
    sink.long(operations.indexOf(operation))
    sink.long(timestampMs)
    const isMissing = entity === null || entity === undefined
    if (isMissing && operation !== 'delete') throw invalid('an object', entity)
    sink.long(isMissing ? 0 : 1)
    if (!isMissing) this.writeEntity(sink, entity, 'any')
  }

  private entityIdOf({ entity, entityId }: EntityChange): string {
    if (entityId !== undefined && typeof entityId !== 'string') throw behind('entityId', invalid('a string', entityId))
    const { idFields = ['id'] } = this.definition
    const field = idFields.join()
    const own = idIn(entity, idFields)
    // With two ids clients might see one and have subscribed to the other: which of them the gateway takes depends on the envelope.
    if (own !== undefined && entityId !== undefined && own !== entityId)
      throw new InvalidEntityError(field, `the id that was given (${entityId})`, `the id ${own}`)
    const id = entityId ?? own ?? ''
    if (id === '' || id.length > nameCharactersMax)
      throw new InvalidEntityError(field, `an id of 1 to ${nameCharactersMax} characters`, id === '' ? 'missing' : 'longer')
    if (!isWellFormed(id)) throw behind(field, invalid('an id of well-formed Unicode', id))
    return id
  }
}

function idIn(entity: unknown, fields: readonly string[]): string | undefined {
  if (typeof entity !== 'object' || entity === null) return undefined
  const parts = fields.map((field) => partOf(readMember(entity, field)))
  return parts.every((part) => part !== undefined) ? joinedId(parts) : undefined
}

function partOf(id: unknown): string | undefined {
  return typeof id === 'string' || typeof id === 'bigint' || Number.isSafeInteger(id) ? String(id) : undefined
}

function readMember(entity: object, field: string): unknown {
  try {
    return memberOf(entity, field)
  } catch (error) {
    throw behind(field, error)
  }
}
