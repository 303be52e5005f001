import { bytesFor, decimalOfNumber, Exact, scaledTo, twosComplement } from '../decimal.js'
import { decimalBytesMax, decimalDigitsMax } from '../schema/avro-logical-type.js'
import type { FixedNode, PrimitiveNode } from '../schema/avro-schema.js'
import type { AvroSink } from './avro-sink.js'
import { copyBytes } from './foreign-value.js'
import { invalid } from './invalid.js'
import type { Latitude, WriteValue } from './value-form.js'

/** The writer of bytes and fixed, with their logical types. */
export function bytesWriterOf(node: FixedNode | PrimitiveNode): WriteValue {
  switch (node.logical?.kind) {
    case 'decimal':
      return decimalWriterOf(node, node.logical)
    case 'duration':
      return writeDuration
    case 'uuid':
      return writeUuid
    default:
      return node.kind === 'fixed' ? fixedWriterOf(node.size) : writeBytes
  }
}

const writeBytes: WriteValue = (sink, value) => {
  const bytes = copyBytes(value)
  if (bytes === undefined) throw invalid('a Buffer', value)
  sink.withLength(bytes)
}

function fixedWriterOf(size: number): WriteValue {
  return (sink, value) => {
    const bytes = copyBytes(value)
    if (bytes?.length !== size) throw invalid(`a Buffer of ${size} bytes`, value)
    sink.raw(bytes)
  }
}

/** A double keeps this many digits of any decimal number. A number with more digits was rounded before it came here. */
const doubleDigits = 15
const decimalText = /^(-?\d+)(?:\.(\d+))?$/

/** @param type without a precision, any number of digits is allowed for which there is room. */
export function decimalWriterOf(
  node: FixedNode | PrimitiveNode,
  { precision = decimalDigitsMax, scale }: { readonly precision: number | undefined; readonly scale: number },
): WriteValue {
  const after = Math.max(0, scale)
  const expected = `a decimal of at most ${precision} digits, ${after} of them after the point (a string, or a number that is exact)`
  return (sink, value, latitude) => {
    const decimal = decimalFrom(value)
    const unscaled = decimal && isWithin(latitude, value, decimal, scale) ? unscaledAt(decimal, scale) : undefined
    if (unscaled === undefined || digitsOf(unscaled) > precision || !fits(unscaled, node)) throw invalid(expected, value)
    writeUnscaled(sink, node, unscaled)
  }
}

/** With the digits after the point that the value has. */
export const writeVariableDecimal: WriteValue = (sink, value, latitude) => {
  const decimal = decimalFrom(value)
  if (decimal === undefined || !isWithin(latitude, value, decimal, decimal.scale) || decimal.scale > decimalDigitsMax)
    throw invalid('a decimal (a string, or a number that is exact)', value)
  const size = bytesFor(decimal.unscaled)
  if (size > decimalBytesMax) throw invalid(`a decimal of at most ${decimalDigitsMax} digits`, value)
  sink.long(decimal.scale)
  sink.withLength(twosComplement(decimal.unscaled, size))
}

function fits(unscaled: bigint, node: FixedNode | PrimitiveNode): boolean {
  const size = node.kind === 'fixed' ? node.size : decimalBytesMax
  return BigInt.asIntN(8 * size, unscaled) === unscaled
}

function isWithin(latitude: Latitude, value: unknown, decimal: Exact, scale: number): boolean {
  return latitude === 'any' || (latitude === 'text' && typeof value === 'string' && decimal.scale === Math.max(0, scale))
}

function decimalFrom(value: unknown): Exact | undefined {
  if (typeof value === 'string') return decimalIn(value)
  if (typeof value === 'bigint') return BigInt.asIntN(8 * decimalBytesMax, value) === value ? new Exact(value, 0) : undefined
  if (typeof value !== 'number') return undefined
  const decimal = decimalOfNumber(value)
  return decimal && (Number.isSafeInteger(value) || digitsOf(decimal.unscaled) <= doubleDigits) ? decimal : undefined
}

/** The longest that is read (1 kB) has `decimalDigitsMax` digits; as many zeros may stand before and behind them. */
function decimalIn(text: string): Exact | undefined {
  const [, whole, fraction = ''] = text.length > 3 * decimalDigitsMax ? [] : (decimalText.exec(text) ?? [])
  return whole === undefined ? undefined : new Exact(BigInt(whole + fraction), fraction.length)
}

/** Undefined where there are more digits after the point than the scale, apart from zeros at the end. */
function unscaledAt(decimal: Exact, scale: number): bigint | undefined {
  const { floor, isExact } = scaledTo(decimal, scale)
  return isExact ? floor : undefined
}

function digitsOf(unscaled: bigint): number {
  return String(unscaled).replace('-', '').length
}

function writeUnscaled(sink: AvroSink, node: FixedNode | PrimitiveNode, unscaled: bigint): void {
  if (node.kind === 'fixed') sink.raw(twosComplement(unscaled, node.size))
  else sink.withLength(twosComplement(unscaled, bytesFor(unscaled)))
}

export const uuidText = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const writeUuid: WriteValue = (sink, value) => {
  if (typeof value !== 'string' || !uuidText.test(value)) throw invalid('a UUID', value)
  sink.raw(Buffer.from(value.replaceAll('-', ''), 'hex'))
}

const durationText = /^P(?=.)(?:(\d{1,10})M)?(?:(\d{1,10})D)?(?:T(\d{1,7})(?:\.(\d{1,3}))?S)?$/
const countMax = 0xffffffff

const writeDuration: WriteValue = (sink, value) => {
  const parts = typeof value === 'string' ? durationText.exec(value) : null
  const [, months = '0', days = '0', seconds = '0', fraction = ''] = parts ?? []
  const counts = [Number(months), Number(days), Number(seconds) * 1000 + Number(fraction.padEnd(3, '0'))]
  if (parts === null || counts.some((count) => count > countMax)) throw invalid('a duration such as P1M2DT3.004S', value)
  const bytes = Buffer.alloc(12)
  counts.forEach((count, index) => bytes.writeUInt32LE(count, 4 * index))
  sink.raw(bytes)
}
