import { BadRecordError } from '#errors.js'
import type { LogicalType, Primitive } from './avro-schema.js'
import { connectTypeOf } from './connect-type.js'

/** A decimal of 1 kB has 2,466 digits, more than any ledger; its text takes time by the square of its length. */
export const decimalBytesMax = 1024
export const decimalDigitsMax = 2466

const simple: Readonly<Record<string, { readonly base: Primitive; readonly type: LogicalType }>> = {
  date: { base: 'int', type: { kind: 'date' } },
  'time-millis': { base: 'int', type: { kind: 'time', digits: 3 } },
  'time-micros': { base: 'long', type: { kind: 'time', digits: 6 } },
  'timestamp-millis': { base: 'long', type: { kind: 'timestamp', digits: 3, local: false } },
  'timestamp-micros': { base: 'long', type: { kind: 'timestamp', digits: 6, local: false } },
  'timestamp-nanos': { base: 'long', type: { kind: 'timestamp', digits: 9, local: false } },
  'local-timestamp-millis': { base: 'long', type: { kind: 'timestamp', digits: 3, local: true } },
  'local-timestamp-micros': { base: 'long', type: { kind: 'timestamp', digits: 6, local: true } },
  'local-timestamp-nanos': { base: 'long', type: { kind: 'timestamp', digits: 9, local: true } },
  uuid: { base: 'string', type: { kind: 'uuid' } },
}

/** What a schema object says that its base type means: by Avro's own word for it, or by Connect's. */
export function meaningOf(base: Primitive | 'fixed', declared: Readonly<Record<string, unknown>>): LogicalType | undefined {
  return logicalTypeOf(base, declared) ?? connectTypeOf(base, declared)
}

/**
 * The logical type that a schema object declares on its base type. A type that is unknown, stands on a wrong base or contradicts itself is
 * ignored, as the Avro specification asks, and the base type counts.
 */
function logicalTypeOf(base: Primitive | 'fixed', declared: Readonly<Record<string, unknown>>): LogicalType | undefined {
  const name = declared['logicalType']
  if (typeof name !== 'string') return undefined
  if (name === 'decimal') return decimalType(base, declared)
  if (base === 'fixed') return fixedLogicalTypeOf(name, declared['size'])
  const known = Object.hasOwn(simple, name) ? simple[name] : undefined
  return known?.base === base ? known.type : undefined
}

function fixedLogicalTypeOf(name: string, size: unknown): LogicalType | undefined {
  if (name === 'duration' && size === 12) return { kind: 'duration' }
  if (name === 'uuid' && size === 16) return { kind: 'uuid' }
  return undefined
}

function decimalType(
  base: Primitive | 'fixed',
  { precision, scale = 0, size }: Readonly<Record<string, unknown>>,
): LogicalType | undefined {
  if (base !== 'bytes' && base !== 'fixed') return undefined
  if (!isCount(precision) || precision === 0 || !isCount(scale) || scale > precision) return undefined
  if (base === 'fixed' && precision > digitsOf(Number(size))) return undefined
  if (precision > decimalDigitsMax || (base === 'fixed' && Number(size) > decimalBytesMax)) {
    throw new BadRecordError('schema_invalid', `a decimal of more than ${decimalDigitsMax} digits`)
  }
  return { kind: 'decimal', precision, scale }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** The number of decimal digits that every two's complement number of this many bytes can hold. */
function digitsOf(bytes: number): number {
  return Math.floor(Math.log10(2) * (8 * bytes - 1))
}
