import type { EntityDefinition, Operation } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { AvroReader } from '#avro/read/avro-reader.js'
import type { AvroField, RecordNode } from '#avro/schema/avro-schema.js'
import { skipOf } from '#avro/read/avro-skip.js'
import { type DataField, dataFieldOf, type EntitySchemas } from './envelope-data.js'
import { type ReadId, recordIdReaderOf } from '../id/avro-id.js'
import { fieldOf, timeReaderOf, wordReaderOf } from './envelope-field.js'
import type { EnvelopeHead, EnvelopeReader } from './envelope-reader.js'
import type { EntitySchema } from '#avro/entity-schema.js'

/** Create, read (of a snapshot), update and delete. Truncations and messages do not belong to an entity. */
const operationWords = new Map<string, Operation>([
  ['c', 'create'],
  ['r', 'create'],
  ['u', 'update'],
  ['d', 'delete'],
])

/** The place of one image of the row in the value. Its start is -1 where there is none. */
interface Image {
  start: number
  end: number
}

interface Draft {
  readonly before: Image
  readonly after: Image
  operation: Operation | undefined
  timestampMs: number | undefined
}

type Step = (reader: AvroReader, draft: Draft) => void

/** How an image is read: its schema, and its id where fields are configured for it and the row has them. */
interface Row {
  readonly schema: EntitySchema | undefined
  readonly readId: ReadId | undefined
}

/**
 * Debezium's envelope. Its `op` comes after both images, so the whole record is walked over to find it. What a deleted row was is no data: most
 * tables log its key alone, beside nulls and made-up defaults, and nothing says which are which.
 */
export function compileDebeziumEnvelope(envelope: RecordNode, entity: EntityDefinition, schemas: EntitySchemas): EnvelopeReader {
  const after = dataFieldOf(fieldOf(envelope, 'after').type)
  const before = optionalDataField(envelope, 'before')
  fieldOf(envelope, 'op')
  const steps = envelope.fields.map((field) => stepOf(field, before, after))
  const afterRow = rowOf(after, entity, schemas)
  const beforeRow = rowOf(before, entity, schemas)
  return {
    schema: afterRow.schema ?? beforeRow.schema,
    read(value, start) {
      const draft = walk(new AvroReader(value, start), steps)
      if (draft.operation !== 'delete') return headOf(value, draft, draft.after, afterRow)
      return { ...headOf(value, draft, draft.before, beforeRow), data: null }
    },
  }
}

function walk(reader: AvroReader, steps: readonly Step[]): Draft {
  const draft: Draft = { before: { start: -1, end: -1 }, after: { start: -1, end: -1 }, operation: undefined, timestampMs: undefined }
  for (let i = 0; i < steps.length; i++) steps[i]!(reader, draft)
  reader.expectEnd()
  return draft
}

function headOf(value: Buffer, { operation, timestampMs }: Draft, { start, end }: Image, { schema, readId }: Row): EnvelopeHead {
  if (start < 0 || schema === undefined) return { entityId: '', operation, timestampMs, data: null }
  const entityId = readId?.(new AvroReader(value, start)) ?? ''
  return { entityId, operation, timestampMs, data: { schema, bytes: value.subarray(0, end), start } }
}

function rowOf({ record }: DataField, { idFields }: EntityDefinition, schemas: EntitySchemas): Row {
  if (record === undefined) return { schema: undefined, readId: undefined }
  const hasId = idFields?.every((id) => record.fields.some(({ name }) => name === id))
  return { schema: schemas.schemaOf(record), readId: hasId ? recordIdReaderOf(record, idFields!) : undefined }
}

/** The field may be missing, as connectors can leave out the image before the change. */
function optionalDataField(envelope: RecordNode, name: string): DataField {
  const field = envelope.fields.find((candidate) => candidate.name === name)
  return field === undefined ? { record: undefined, open: () => false } : dataFieldOf(field.type)
}

function stepOf(field: AvroField, before: DataField, after: DataField): Step {
  switch (field.name) {
    case 'before':
      return imageStep(before, (draft) => draft.before)
    case 'after':
      return imageStep(after, (draft) => draft.after)
    case 'op':
      return operationStep(field)
    case 'ts_ms':
      return timestampStep(field)
    default:
      return skipOf(field.type)
  }
}

function imageStep({ record, open }: DataField, imageOf: (draft: Draft) => Image): Step {
  const walkOver = record === undefined ? undefined : skipOf(record)
  return (reader, draft) => {
    if (!open(reader)) return
    const image = imageOf(draft)
    image.start = reader.pos
    walkOver?.(reader)
    image.end = reader.pos
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
