import { AvroReader } from '../read/avro-reader.js'
import type { FixedNode, LogicalType, PrimitiveNode, RecordNode, ScalarNode } from '../schema/avro-schema.js'
import { scalarJsonOf } from '../read/scalar-json.js'
import { jsonTextOf } from '#text/json-output.js'
import { decimalWriterOf } from './bytes-writer.js'
import { InvalidEntityError } from './invalid-entity.js'
import { invalid } from './invalid.js'
import { scalarWriterOf, writeString } from './service-form.js'
import { type ValueForm, View, type WriteValue } from './value-form.js'

/**
 * Values as a client with all rights sees them (README.md of this room): JSON, with integers beyond 2^53 as bigints. The gateway shows the
 * written bytes as the same JSON again. Texts may also be written a little shorter, as people do.
 */
export function clientFormOf(record: RecordNode): ValueForm {
  return { scalarWriterOf: clientWriterOf, isClosed: true, view: new View(record) }
}

/** Only with latitude `any` may a client see the value written in another way. */
function clientWriterOf(node: ScalarNode): WriteValue {
  const write = takenBy(node)
  const seen = scalarJsonOf(node, 'number')
  const expected = expectedOf(node)
  return (sink, value, latitude) => {
    const mark = sink.mark()
    try {
      write(sink, value, 'any')
      if (latitude === 'any' || jsonTextOf((output) => seen(new AvroReader(sink.since(mark).bytes, 0), output)) === shownJson(value)) return
    } catch (error) {
      if (!(error instanceof InvalidEntityError)) throw error
    }
    throw invalid(expected, value)
  }
}

function takenBy(node: ScalarNode): WriteValue {
  switch (node.kind) {
    case 'float':
      return (sink, value) => sink.float(clientNumber(value, Math.fround))
    case 'double':
      return (sink, value) => sink.double(clientNumber(value))
    case 'string':
      return writeString // A UUID is any text to clients.
    case 'bytes':
    case 'fixed':
      return fromText(bytesWriterOf(node))
    case 'variable-decimal':
      return fromText(scalarWriterOf(node))
    default:
      return 'logical' in node && node.logical !== undefined ? fromText(scalarWriterOf(node)) : scalarWriterOf(node)
  }
}

function fromText(write: WriteValue): WriteValue {
  return (sink, value, latitude) => {
    if (typeof value !== 'string') throw invalid('a string', value)
    write(sink, value, latitude)
  }
}

/** A decimal may have more digits than its schema says, as Avro's libraries write them all the same. */
function bytesWriterOf(node: FixedNode | PrimitiveNode): WriteValue {
  if (node.logical?.kind === 'decimal') return decimalWriterOf(node, { ...node.logical, precision: undefined })
  const write = scalarWriterOf(node)
  return node.logical === undefined ? (sink, value, latitude) => write(sink, base64Bytes(value as string), latitude) : write
}

function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** Clients see NaN and infinities as null. A float is rounded, as every client sees, but not to zero. */
function clientNumber(value: unknown, rounded: (number: number) => number = Number): number {
  if (value === null) return NaN
  const number = typeof value === 'bigint' ? exactDouble(value) : value
  if (typeof number !== 'number' || !Number.isFinite(rounded(number)) || (rounded(number) === 0) !== (number === 0))
    throw invalid('a number', value)
  return number
}

/** A double's digits are those that tell it from other doubles, then zeros. */
function exactDouble(value: bigint): number | undefined {
  const number = Number(value)
  const isSame = Number.isFinite(number) && (BigInt(number) === value || String(number) === String(value))
  return isSame ? number : undefined
}

function shownJson(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

function expectedOf(node: ScalarNode): string {
  if (node.kind === 'enum') return `one of ${node.symbols.map((symbol) => JSON.stringify(symbol)).join(', ')}`
  if (node.logical !== undefined) return expectedOfLogical(node.logical)
  if (node.kind === 'fixed') return `${node.size} bytes in base64`
  const words = { int: 'a whole number of 32 bits', long: 'a whole number of 64 bits', bytes: 'bytes in base64', boolean: 'true or false' }
  const others = {
    null: 'null',
    float: 'a number',
    double: 'a number',
    string: 'a text of well-formed Unicode',
    'variable-decimal': 'a decimal as text',
  }
  return { ...words, ...others }[node.kind]
}

function expectedOfLogical(logical: LogicalType): string {
  switch (logical.kind) {
    case 'date':
      return 'a date such as "2026-01-31"'
    case 'time':
      return `a time such as "12:00:00.000", with at most ${logical.digits} digits of a second`
    case 'timestamp':
      return `a time such as "2026-01-31T12:00:00.000${logical.local ? '' : 'Z'}", with at most ${logical.digits} digits of a second`
    case 'decimal':
      return `a decimal as text, with at most ${Math.max(0, logical.scale)} digits after the point`
    case 'duration':
      return 'a duration such as "P1M2DT3.004S"'
    case 'uuid':
      return 'a UUID as text'
    case 'instant':
      return 'a time such as "2026-01-31T12:00:00Z"'
  }
}
