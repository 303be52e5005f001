import type { EnumNode, LogicalType, PrimitiveNode, ScalarNode } from '../schema/avro-schema.js'
import { bytesWriterOf, uuidText, writeVariableDecimal } from './bytes-writer.js'
import { msOfDate } from './foreign-value.js'
import { invalid } from './invalid.js'
import { dayCount, localTimestampUnits, timeUnits, timestampUnits } from './time-value.js'
import type { Latitude, ValueForm, WriteValue } from './value-form.js'

/** Values as services have them at hand (`src/publisher/README.md`): Date, Buffer, bigint, texts. */
export const serviceForm: ValueForm = { scalarWriterOf, isClosed: true, view: undefined }

export function scalarWriterOf(node: ScalarNode): WriteValue {
  switch (node.kind) {
    case 'null':
      return writeNull
    case 'boolean':
      return writeBoolean
    case 'int':
    case 'long':
      return integerWriterOf(node)
    case 'float':
      return writeFloat
    case 'double':
      return writeDouble
    case 'string':
      return node.logical?.kind === 'uuid' ? writeUuidText : writeString
    case 'enum':
      return enumWriterOf(node)
    case 'variable-decimal':
      return writeVariableDecimal
    default:
      return bytesWriterOf(node)
  }
}

const writeNull: WriteValue = (_, value) => {
  if (value !== null && value !== undefined) throw invalid('null', value)
}

const writeBoolean: WriteValue = (sink, value) => {
  if (typeof value !== 'boolean') throw invalid('a boolean', value)
  sink.byte(value ? 1 : 0)
}

/** A number that 32 bits do not hold exactly is refused; services that want it rounded use `Math.fround`. */
const writeFloat: WriteValue = (sink, value) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.fround(value) !== value)
    throw invalid('a number that a float (32 bits) holds exactly, see Math.fround', value)
  sink.float(value)
}

/** NaN and infinities are refused, as clients would see null. */
const writeDouble: WriteValue = (sink, value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid('a finite number', value)
  sink.double(value)
}

const loneSurrogate = /\p{Surrogate}/u

/** Whether the text can be written in UTF-8, where half a character would become U+FFFD. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text)
}

export const writeString: WriteValue = (sink, value) => {
  if (typeof value !== 'string') throw invalid('a string', value)
  if (!isWellFormed(value)) throw invalid('a string that is well-formed Unicode', value)
  sink.string(value)
}

const writeUuidText: WriteValue = (sink, value) => {
  if (typeof value !== 'string' || !uuidText.test(value)) throw invalid('a UUID', value)
  sink.string(value)
}

function enumWriterOf({ symbols }: EnumNode): WriteValue {
  const indexes = new Map<unknown, number>(symbols.map((symbol, index) => [symbol, index]))
  return (sink, value) => {
    const index = indexes.get(value)
    if (index === undefined) throw invalid(`one of ${symbols.join(', ')}`, value)
    sink.long(index)
  }
}

function integerWriterOf({ kind, logical }: PrimitiveNode): WriteValue {
  if (logical !== undefined) return timeWriterOf(logical)
  return kind === 'int' ? writeInt : writeLong
}

const writeInt: WriteValue = (sink, value, latitude) => {
  const number = typeof value === 'bigint' && latitude === 'any' ? Number(value) : value
  if (typeof number !== 'number' || number !== (number | 0)) throw invalid('an int (a whole number of 32 bits)', value)
  sink.long(number)
}

/**
 * Databases hand out longs as text where a number would round them. Only one spelling is accepted, as an id must be the same in the key and
 * in the value.
 */
const longText = /^(?:0|-?[1-9]\d{0,18})$/

const writeLong: WriteValue = (sink, value, latitude) => {
  const number = typeof value === 'string' && latitude === 'any' && longText.test(value) ? BigInt(value) : value
  const isLong = typeof number === 'bigint' ? BigInt.asIntN(64, number) === number : Number.isSafeInteger(number)
  if (!isLong) throw invalid('a long (a bigint of 64 bits, or a whole number below 2^53)', value)
  sink.long(number as number | bigint)
}

function timeWriterOf(logical: LogicalType): WriteValue {
  const { expected, read } = timeReaderOf(logical)
  const digits = 'digits' in logical ? logical.digits : undefined
  return (sink, value, latitude) => {
    const units = isWithin(latitude, value, digits) ? read(value) : undefined
    if (units === undefined) throw invalid(expected, value)
    sink.long(units)
  }
}

/** Where a union leaves the choice, a Date means milliseconds. @param digits the digits of a second; undefined for dates. */
function isWithin(latitude: Latitude, value: unknown, digits: number | undefined): boolean {
  if (latitude === 'any') return true
  if (typeof value !== 'string') return msOfDate(value) !== undefined && digits === 3
  return latitude === 'text' && (/\.(\d+)/.exec(value)?.[1] ?? '').length === (digits ?? 0)
}

interface TimeReader {
  readonly expected: string
  readonly read: (value: unknown) => number | bigint | undefined
}

function timeReaderOf(logical: LogicalType): TimeReader {
  if (logical.kind === 'time') {
    const expected = `a time of day (HH:MM:SS, at most ${logical.digits} digits of a second)`
    return { expected, read: (value) => timeUnits(value, logical) }
  }
  if (logical.kind !== 'timestamp') return { expected: 'a date (YYYY-MM-DD, or a Date at midnight UTC)', read: dayCount }
  const { digits, local } = logical
  const detail = `at most ${digits} digits of a second`
  if (local)
    return { expected: `a local date and time (ISO 8601 without a zone, ${detail})`, read: (value) => localTimestampUnits(value, digits) }
  return { expected: `a timestamp (a Date, or ISO 8601 with its zone, ${detail})`, read: (value) => timestampUnits(value, digits) }
}
