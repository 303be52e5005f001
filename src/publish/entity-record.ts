import { type EntityDefinition, nameCharactersMax, type Operation, operations, topicsOf } from '../entities.js'
import { AvroSink } from './avro/avro-sink.js'
import { avroWriterOf } from './avro/avro-writer.js'
import { invalid, InvalidEntityError } from './avro/invalid-entity.js'
import type { WriteValue } from './avro/scalar-writer.js'
import type { PublishedEntity } from './published-entity.js'
import type { OutgoingRecord } from './send/record-producer.js'

/** What has happened to an entity, as a service says it. */
export interface EntityChange {
  readonly operation: Operation
  /** As it is now. A delete may have none. */
  readonly entity: unknown
  /** Where the entity does not say it itself. */
  readonly entityId: string | undefined
  readonly timestampMs: number
}

const magicByte = 0

/** Makes the record of a change, in the layout of its entity and in Confluent's wire format. */
export class EntityRecordWriter {
  private readonly definition: EntityDefinition
  private readonly writeEntity: WriteValue

  constructor(
    { definition, record }: PublishedEntity,
    private readonly schemaIds: ReadonlyMap<string, number>,
  ) {
    this.definition = definition
    this.writeEntity = avroWriterOf(record)
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
    const header = Buffer.alloc(5, magicByte)
    header.writeUInt32BE(this.schemaIds.get(topic)!, 1)
    const sink = new AvroSink()
    sink.raw(header)
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
    const { idField } = this.definition
    const own = idIn(entity, idField ?? 'id')
    // Where the gateway takes the id from the record, another one in the key would be another entity.
    if (idField !== undefined && own !== undefined && entityId !== undefined && own !== entityId)
      throw new InvalidEntityError(idField, `the id that was given (${entityId})`, `the id ${own}`)
    const id = entityId ?? own ?? ''
    if (id === '' || id.length > nameCharactersMax)
      throw new InvalidEntityError(idField ?? 'id', `an id of 1 to ${nameCharactersMax} characters`, id === '' ? 'missing' : 'longer')
    return id
  }
}

function idIn(entity: unknown, field: string): string | undefined {
  if (typeof entity !== 'object' || entity === null) return undefined
  const id = (entity as Record<string, unknown>)[field]
  return typeof id === 'string' || typeof id === 'bigint' || Number.isSafeInteger(id) ? String(id) : undefined
}
