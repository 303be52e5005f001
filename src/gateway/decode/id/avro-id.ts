import { BadRecordError } from '#errors.js'
import type { AvroReader } from '#avro/read/avro-reader.js'
import { type Skip, skipOf } from '#avro/read/avro-skip.js'
import { scalarJsonOf } from '#avro/read/scalar-json.js'
import { readString } from '#avro/read/scalar-text.js'
import type { AvroNode, RecordNode, ScalarNode } from '#avro/schema/avro-schema.js'
import { jsonTextOf } from '#text/json-output.js'
import { joinedId } from '#entities.js'

/** Reads an id as text; undefined where a part of it is null. */
export type ReadId = (reader: AvroReader) => string | undefined

/**
 * Reads an id from fields of a record, from the record's beginning to the last of them.
 * @throws BadRecordError `envelope_invalid` where there is no such field, or one that is no scalar.
 */
export function recordIdReaderOf(record: RecordNode, names: readonly string[]): ReadId {
  const at = names.map((name) => record.fields.findIndex((field) => field.name === name))
  const missing = names.find((_name, part) => at[part] === -1)
  if (missing !== undefined) throw new BadRecordError('envelope_invalid', `there is no field ${missing}`)
  const fields = record.fields.slice(0, Math.max(...at) + 1)
  const reads = fields.map(({ name, type }, index) => (at.includes(index) ? partReaderOf(name, type) : skipOf(type)))
  if (at.length === 1)
    return lastOf(
      fields.slice(0, -1).map(({ type }) => skipOf(type)),
      partReaderOf(names[0]!, fields.at(-1)!.type),
    )
  return (reader) => {
    const read = reads.map((part) => part(reader))
    const parts = at.map((index) => read[index])
    return parts.every((part) => typeof part === 'string') ? joinedId(parts) : undefined
  }
}

function lastOf(skips: readonly Skip[], read: ReadId): ReadId {
  return (reader) => {
    for (let i = 0; i < skips.length; i++) skips[i]!(reader)
    return read(reader)
  }
}

/** Reads a part of an id as clients see the value: a date as `2026-01-31`. @throws BadRecordError `envelope_invalid` where it is no scalar. */
export function partReaderOf(name: string, node: AvroNode): ReadId {
  switch (node.kind) {
    case 'union': {
      const reads = node.branches.map((branch) => partReaderOf(name, branch))
      return (reader) => reads[reader.index(reads.length)]!(reader)
    }
    case 'record':
    case 'array':
    case 'map':
      throw new BadRecordError('envelope_invalid', `the field ${name} has a type that it cannot have`)
    default:
      return scalarReaderOf(node)
  }
}

function scalarReaderOf(node: ScalarNode): ReadId {
  if (node.kind === 'string') return readString
  if ((node.kind === 'int' || node.kind === 'long') && node.logical === undefined) return (reader) => String(reader.long())
  const write = scalarJsonOf(node, 'number')
  return (reader) => {
    const text = jsonTextOf((output) => write(reader, output))
    if (text === 'null') return undefined
    return text.startsWith('"') ? (JSON.parse(text) as string) : text
  }
}
