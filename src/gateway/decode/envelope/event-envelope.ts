import { type EntityDefinition, type Operation, operations } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { AvroReader } from '#avro/read/avro-reader.js'
import type { AvroField, RecordNode } from '#avro/schema/avro-schema.js'
import { type Skip, skipOf } from '#avro/read/avro-skip.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { type DataField, dataFieldOf, type EntitySchemas } from './envelope-data.js'
import { partReaderOf } from '../id/avro-id.js'
import { fieldOf, timeReaderOf, wordReaderOf } from './envelope-field.js'
import type { EnvelopeHead, EnvelopeReader } from './envelope-reader.js'

/** The parts of a head that have been read so far. */
interface Draft {
  entityId: string
  operation: Operation | undefined
  timestampMs: number | undefined
  /** Where the data begins; -1 where there is none. `dataEnd` is -1 where the data was not walked over either. */
  dataStart: number
  dataEnd: number
}

type Step = (reader: AvroReader, draft: Draft) => void

const operationWords = new Map<string, Operation>(operations.map((operation) => [operation, operation]))

/**
 * The seed's message. Its fields may come in any order, and other fields are skipped. Where `data` comes last, as usual, it is not even
 * walked over (0.2 µs a head). Otherwise the whole record is walked over here, and `data.bytes` ends where the data ends.
 */
export function compileEventEnvelope(envelope: RecordNode, entity: EntityDefinition, schemas: EntitySchemas): EnvelopeReader {
  for (const required of ['entity_id', 'entity_type', 'operation']) fieldOf(envelope, required)
  const data = dataFieldOf(fieldOf(envelope, 'data').type)
  const schema = data.record && schemas.schemaOf(data.record)
  const endsWithData = envelope.fields.at(-1)!.name === 'data'
  const readData = dataStep(data, endsWithData || data.record === undefined ? undefined : skipOf(data.record))
  const steps = envelope.fields.map((field) => (field.name === 'data' ? readData : stepOf(field, entity)))
  return { schema, read: (value, start) => readHead(new AvroReader(value, start), steps, schema) }
}

function readHead(reader: AvroReader, steps: readonly Step[], schema: EntitySchema | undefined): EnvelopeHead {
  const draft: Draft = { entityId: '', operation: undefined, timestampMs: undefined, dataStart: -1, dataEnd: -1 }
  for (let i = 0; i < steps.length; i++) steps[i]!(reader, draft)
  const { entityId, operation, timestampMs, dataStart, dataEnd } = draft
  if (dataStart < 0 || dataEnd >= 0) reader.expectEnd()
  if (dataStart < 0 || schema === undefined) return { entityId, operation, timestampMs, data: null }
  const bytes = dataEnd < 0 ? reader.bytes : reader.bytes.subarray(0, dataEnd)
  return { entityId, operation, timestampMs, data: { schema, bytes, start: dataStart } }
}

function stepOf(field: AvroField, entity: EntityDefinition): Step {
  switch (field.name) {
    case 'entity_id':
      return entityIdStep(field)
    case 'entity_type':
      return entityTypeStep(field, entity.name)
    case 'operation':
      return operationStep(field)
    case 'timestamp':
      return timestampStep(field)
    default:
      return skipOf(field.type)
  }
}

function entityIdStep({ name, type }: AvroField): Step {
  const read = partReaderOf(name, type)
  return (reader, draft) => {
    draft.entityId = read(reader) ?? ''
    if (draft.entityId === '') throw new BadRecordError('entity_id_missing')
  }
}

function entityTypeStep(field: AvroField, entityType: string): Step {
  const isExpected = wordReaderOf(field, new Map([[entityType, true]]))
  return (reader) => {
    if (!isExpected(reader)) throw new BadRecordError('entity_type_wrong')
  }
}

function operationStep(field: AvroField): Step {
  const read = wordReaderOf(field, operationWords)
  return (reader, draft) => {
    draft.operation = read(reader)
    if (draft.operation === undefined) throw new BadRecordError('operation_wrong')
  }
}

function timestampStep(field: AvroField): Step {
  const read = timeReaderOf(field)
  return (reader, draft) => {
    draft.timestampMs = read(reader)
  }
}

function dataStep(data: DataField, walkOver: Skip | undefined): Step {
  return (reader, draft) => {
    if (!data.open(reader)) return
    draft.dataStart = reader.pos
    if (walkOver === undefined) return
    walkOver(reader)
    draft.dataEnd = reader.pos
  }
}
