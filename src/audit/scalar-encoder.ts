import type { FixedNode, FractionDigits, LogicalType, PrimitiveNode, ScalarNode } from '../decode/avro/avro-schema.js'
import { AvroSink } from '../publish/avro/avro-sink.js'
import { uuidText } from '../publish/avro/bytes-writer.js'
import { bytesFor, twosComplement } from '../publish/avro/twos-complement.js'

// The way back from what clients see (README, 'Values') to Avro's bytes. Also takes texts that people write a little shorter.

const msPerDay = 86_400_000
/** A decimal of the longest that is read (1 kB) has 2,466 digits. */
const decimalLengthMax = 2468

/** The value in Avro's bytes; undefined where it is none of this type. */
export function scalarBytes(node: ScalarNode, value: unknown): Buffer | undefined {
  switch (node.kind) {
    case 'null':
      return value === null ? Buffer.alloc(0) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? Buffer.from([Number(value)]) : undefined
    case 'int':
    case 'long':
      return integerBytes(node, value)
    case 'float':
    case 'double':
      return doubleBytes(node.kind, value)
    case 'string':
      return typeof value === 'string' ? withLength(Buffer.from(value)) : undefined
    case 'enum':
      return typeof value === 'string' && node.symbols.includes(value) ? longBytes(BigInt(node.symbols.indexOf(value))) : undefined
    default:
      return typeof value === 'string' ? bytesOf(node, value) : undefined
  }
}

/** What a value of the type must be, to end a sentence with. */
export function expectedOf(node: ScalarNode): string {
  if (node.kind === 'enum') return `one of ${node.symbols.map((symbol) => JSON.stringify(symbol)).join(', ')}`
  if (node.logical !== undefined) return expectedOfLogical(node.logical)
  if (node.kind === 'fixed') return `${node.size} bytes in base64`
  const words = { int: 'a whole number of 32 bits', long: 'a whole number of 64 bits', bytes: 'bytes in base64', boolean: 'true or false' }
  const others = { null: 'null', float: 'a number', double: 'a number', string: 'a text' }
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
      return `a decimal as text, with at most ${logical.scale} digits after the point`
    case 'duration':
      return 'a duration such as "P1M2DT3.004S"'
    case 'uuid':
      return 'a UUID as text'
  }
}

/** Avro's variable length and zigzag. @param value of 64 bits. */
export function longBytes(value: bigint): Buffer {
  const sink = new AvroSink()
  sink.long(value)
  return sink.written()
}

export function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([longBytes(BigInt(bytes.length)), bytes])
}

function integerBytes({ kind, logical }: PrimitiveNode, value: unknown): Buffer | undefined {
  const bits = kind === 'int' ? 32 : 64
  const units = logical === undefined ? integerOf(value, kind) : typeof value === 'string' ? unitsOf(logical, value) : undefined
  return units === undefined || BigInt.asIntN(bits, units) !== units ? undefined : longBytes(units)
}

/** Longs also as text, as with `LONGS=string`. */
function integerOf(value: unknown, kind: PrimitiveNode['kind']): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string') return kind === 'long' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** Days, or fractions of a second. */
function unitsOf(logical: LogicalType, text: string): bigint | undefined {
  if (logical.kind === 'date') return daysOf(text)
  if (logical.kind === 'time') return timeOf(text, logical.digits)
  return logical.kind === 'timestamp' ? timestampOf(text, logical.digits, logical.local) : undefined
}

function daysOf(text: string): bigint | undefined {
  const ms = msOf(text, '00:00:00')
  return ms === undefined ? undefined : BigInt(ms / msPerDay)
}

function timeOf(text: string, digits: FractionDigits): bigint | undefined {
  const [, time, fraction = ''] = /^(\d\d:\d\d:\d\d)(?:\.(\d+))?$/.exec(text) ?? []
  const ms = time === undefined ? undefined : msOf('1970-01-01', time)
  return ms === undefined ? undefined : unitsFrom(ms, fraction, digits)
}

function timestampOf(text: string, digits: FractionDigits, isLocal: boolean): bigint | undefined {
  const [, day, time, fraction = '', zone] = /^(\S+)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z?)$/.exec(text) ?? []
  if (day === undefined || time === undefined || (zone === '') !== isLocal) return undefined
  const ms = msOf(day, time)
  return ms === undefined ? undefined : unitsFrom(ms, fraction, digits)
}

/** Undefined where there is no such day or time: JavaScript takes 30 February for 2 March. */
function msOf(day: string, time: string): number | undefined {
  const text = `${day}T${time}.000Z`
  const ms = Date.parse(text)
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text ? undefined : ms
}

function unitsFrom(ms: number, fraction: string, digits: FractionDigits): bigint | undefined {
  if (fraction.length > digits) return undefined
  return BigInt(ms / 1000) * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0'))
}

/** NaN and infinities are null to clients. */
function doubleBytes(kind: 'float' | 'double', value: unknown): Buffer | undefined {
  const number = value === null ? NaN : typeof value === 'bigint' ? exactDouble(value) : value
  if (typeof number !== 'number' || (value !== null && !Number.isFinite(number))) return undefined
  const bytes = Buffer.alloc(kind === 'float' ? 4 : 8)
  if (kind === 'float') bytes.writeFloatLE(number)
  else bytes.writeDoubleLE(number)
  return bytes
}

/** A double is written with as many digits as tell it from others, and zeros after them. */
function exactDouble(value: bigint): number | undefined {
  const number = Number(value)
  const isSame = Number.isFinite(number) && (BigInt(number) === value || String(number) === String(value))
  return isSame ? number : undefined
}

function bytesOf(node: FixedNode | PrimitiveNode, text: string): Buffer | undefined {
  if (node.logical?.kind === 'decimal') return decimalBytes(node, text, node.logical.scale)
  if (node.kind !== 'fixed') return mapped(base64Bytes(text), withLength)
  if (node.logical?.kind === 'duration') return durationBytes(text)
  const bytes = node.logical?.kind === 'uuid' ? uuidBytes(text) : base64Bytes(text)
  return bytes?.length === node.size ? bytes : undefined
}

function mapped(bytes: Buffer | undefined, map: (bytes: Buffer) => Buffer): Buffer | undefined {
  return bytes === undefined ? undefined : map(bytes)
}

function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

function uuidBytes(text: string): Buffer | undefined {
  return uuidText.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined
}

function durationBytes(text: string): Buffer | undefined {
  const [all, months = '0', days = '0', seconds = '0', ms = '0'] = /^P(?:(\d+)M)?(?:(\d+)D)?(?:T(\d+)\.(\d{3})S)?$/.exec(text) ?? []
  const parts = [Number(months), Number(days), Number(seconds) * 1000 + Number(ms)]
  if (all === undefined || all === 'P' || parts.some((part) => part > 0xffff_ffff)) return undefined
  const bytes = Buffer.alloc(12)
  parts.forEach((part, index) => bytes.writeUInt32LE(part, 4 * index))
  return bytes
}

/** Two's complement, in as few bytes as hold it, or in those of the fixed type. */
function decimalBytes(node: FixedNode | PrimitiveNode, text: string, scale: number): Buffer | undefined {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.slice(0, decimalLengthMax)) ?? []
  if (text.length > decimalLengthMax || whole === undefined || fraction.length > scale) return undefined
  const magnitude = BigInt(whole + fraction.padEnd(scale, '0'))
  const unscaled = sign === '-' ? -magnitude : magnitude
  const size = node.kind === 'fixed' ? node.size : bytesFor(unscaled)
  if (BigInt.asIntN(8 * size, unscaled) !== unscaled) return undefined
  const bytes = twosComplement(unscaled, size)
  return node.kind === 'fixed' ? bytes : withLength(bytes)
}
