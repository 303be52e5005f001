import type { LogicalType, Primitive } from './avro-schema.js'

/** What a type of Connect means, on the Avro type that its converter writes it as. */
export interface ConnectType {
  readonly base: Primitive
  readonly type: LogicalType
}

/**
 * The types of Debezium and of Kafka Connect whose Avro type does not say what they mean: their name does, which stands beside the type as
 * `connect.name`. Sources: https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-data-types, and
 * `org.apache.kafka.connect.data` of https://github.com/apache/kafka. What is not here means no more than its Avro type: texts (`Uuid`, `Json`,
 * `Enum`, `Xml`), numbers (`Year`, `MicroDuration`) and bytes (`Bits`).
 */
export const connectTypes: Readonly<Record<string, ConnectType>> = {
  'io.debezium.time.Date': { base: 'int', type: { kind: 'date' } },
  'io.debezium.time.Time': { base: 'int', type: { kind: 'time', digits: 3, mayBeSpan: true } },
  'io.debezium.time.MicroTime': { base: 'long', type: { kind: 'time', digits: 6, mayBeSpan: true } },
  'io.debezium.time.NanoTime': { base: 'long', type: { kind: 'time', digits: 9, mayBeSpan: true } },
  'io.debezium.time.Timestamp': { base: 'long', type: { kind: 'timestamp', digits: 3, local: false } },
  'io.debezium.time.MicroTimestamp': { base: 'long', type: { kind: 'timestamp', digits: 6, local: false } },
  'io.debezium.time.NanoTimestamp': { base: 'long', type: { kind: 'timestamp', digits: 9, local: false } },
  'io.debezium.time.ZonedTimestamp': { base: 'string', type: { kind: 'instant' } },
  'io.debezium.time.IsoTimestamp': { base: 'string', type: { kind: 'instant' } },
  'io.debezium.time.IsoDate': { base: 'string', type: { kind: 'instant' } },
  'org.apache.kafka.connect.data.Date': { base: 'int', type: { kind: 'date' } },
  'org.apache.kafka.connect.data.Time': { base: 'int', type: { kind: 'time', digits: 3 } },
  'org.apache.kafka.connect.data.Timestamp': { base: 'long', type: { kind: 'timestamp', digits: 3, local: false } },
}

/** Its scale stands beside it, as a number or as one of Connect's own parameters. */
export const connectDecimal = 'org.apache.kafka.connect.data.Decimal'

/** A record of a decimal's scale and its unscaled bytes, for columns that have no fixed scale. */
export const variableScaleDecimal = 'io.debezium.data.VariableScaleDecimal'

/** Undefined where the declaration has no such name, or has it on another type. */
export function connectTypeOf(base: Primitive | 'fixed', declared: Readonly<Record<string, unknown>>): LogicalType | undefined {
  const name = declared['connect.name']
  if (typeof name !== 'string') return undefined
  if (name === connectDecimal) return decimalOf(base, declared)
  const known = Object.hasOwn(connectTypes, name) ? connectTypes[name] : undefined
  return known?.base === base ? known.type : undefined
}

/** A decimal of more digits than are read is refused when it comes. Scales below zero are of columns that round, such as Oracle's `NUMBER(5, -2)`. */
const scaleMax = 2466

function decimalOf(
  base: Primitive | 'fixed',
  { scale, 'connect.parameters': parameters }: Readonly<Record<string, unknown>>,
): LogicalType | undefined {
  const told = scale ?? (parameters as { scale?: unknown } | null | undefined)?.scale
  const digits = typeof told === 'string' && /^-?\d{1,4}$/.test(told) ? Number(told) : told
  if ((base !== 'bytes' && base !== 'fixed') || !Number.isSafeInteger(digits)) return undefined
  const isScale = Math.abs(digits as number) <= scaleMax
  return isScale ? { kind: 'decimal', precision: scaleMax, scale: digits as number } : undefined
}
