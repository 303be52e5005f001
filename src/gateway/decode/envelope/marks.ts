import type { Marks, Operation } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { AvroReader } from '#avro/read/avro-reader.js'
import { skipOf } from '#avro/read/avro-skip.js'
import type { AvroField, RecordNode } from '#avro/schema/avro-schema.js'
import { fieldOf, flagReaderOf, markedTimeReaderOf, wordReaderOf } from './envelope-field.js'

/** What the marks of a bare record say; undefined of what has no mark. */
export interface Marked {
  readonly operation: Operation | undefined
  readonly timestampMs: number | undefined
}

interface Draft {
  isDeleted: boolean
  operation: Operation | undefined
  timestampMs: number | undefined
}

type Step = (reader: AvroReader, draft: Draft) => void

/** As Debezium, GoldenGate, Qlik, Maxwell, DynamoDB and services write them, in small letters, in capitals or with one. */
const words: Readonly<Record<Operation, readonly string[]>> = {
  create: ['c', 'r', 'i', 'create', 'created', 'read', 'insert', 'inserted', 'bootstrap-insert', 'snapshot', 'load', 'refresh'],
  update: ['u', 'update', 'updated', 'upsert', 'replace', 'modify', 'modified'],
  delete: ['d', 'delete', 'deleted', 'remove', 'removed'],
}

const operationWords = new Map(
  Object.entries(words).flatMap(([operation, all]) =>
    all.flatMap(waysToWrite).map((written) => [written, operation as Operation] as const),
  ),
)

function waysToWrite(word: string): string[] {
  return [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]
}

/**
 * Compiles the reading of a record's marks, from the record's beginning. The one that says that it is deleted counts before the operation.
 * @throws BadRecordError `envelope_invalid` where the record has no such field, or has it with another type.
 */
export function compileMarks(record: RecordNode, marks: Marks): (reader: AvroReader) => Marked {
  for (const name of Object.values(marks)) fieldOf(record, name as string)
  const steps = record.fields.map((field) => stepOf(field, marks))
  return (reader) => {
    const draft: Draft = { isDeleted: false, operation: undefined, timestampMs: undefined }
    for (let i = 0; i < steps.length; i++) steps[i]!(reader, draft)
    return { operation: draft.isDeleted ? 'delete' : draft.operation, timestampMs: draft.timestampMs }
  }
}

function stepOf(field: AvroField, { deleted, operation, time }: Marks): Step {
  switch (field.name) {
    case deleted:
      return deletedStep(field)
    case operation:
      return operationStep(field)
    case time:
      return timeStep(field)
    default:
      return skipOf(field.type)
  }
}

function deletedStep(field: AvroField): Step {
  const read = flagReaderOf(field)
  return (reader, draft) => {
    draft.isDeleted = read(reader) ?? false
  }
}

/** Null says nothing: older rows have it where the mark came later. */
function operationStep(field: AvroField): Step {
  const read = wordReaderOf(field, operationWords, refuseWord)
  return (reader, draft) => {
    draft.operation = read(reader)
  }
}

function refuseWord(): never {
  throw new BadRecordError('operation_wrong', 'the word in its mark is none that is known')
}

function timeStep(field: AvroField): Step {
  const read = markedTimeReaderOf(field)
  return (reader, draft) => {
    draft.timestampMs = read(reader)
  }
}
