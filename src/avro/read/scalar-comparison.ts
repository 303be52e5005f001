import type { AvroReader } from './avro-reader.js'
import type { FixedNode, LogicalType, PrimitiveNode, ScalarNode } from '../schema/avro-schema.js'
import { decimalOf, Exact } from '../decimal.js'
import type { ComparisonValue } from '../entity-schema.js'
import { Instant, parseInstant } from '../instant.js'
import { timeText } from '../iso-text.js'
import { bytesTextOf, readString, readVariableDecimal, unscaledOf } from './scalar-text.js'

export type ReadComparison = (reader: AvroReader) => ComparisonValue

/** Compiles the reading of a scalar in the form in which conditions compare it. */
export function scalarComparisonOf(node: ScalarNode): ReadComparison {
  switch (node.kind) {
    case 'null':
      return () => null
    case 'boolean':
      return (reader) => reader.boolean()
    case 'int':
    case 'long':
      return integerComparisonOf(node)
    case 'float':
      return (reader) => finite(reader.float())
    case 'double':
      return (reader) => finite(reader.double())
    case 'string':
      return node.logical?.kind === 'instant' ? (reader) => readInstant(reader) ?? null : readString
    case 'enum':
      return (reader) => node.symbols[reader.index(node.symbols.length)]!
    case 'variable-decimal':
      return readVariableDecimal
    default:
      return bytesComparisonOf(node)
  }
}

/**
 * What cannot be compared as what its type means is not known: Debezium writes `infinity` for a time without end, for example, and a span where
 * a time of day is compared by its text.
 */
export function undecidableTestOf(node: ScalarNode): ((reader: AvroReader) => boolean) | undefined {
  const mayCompare = mayCompareOf(node)
  if (mayCompare === undefined) return undefined
  return (reader) => {
    const { pos } = reader
    const isUndecidable = !mayCompare(reader)
    reader.pos = pos
    return isUndecidable
  }
}

function mayCompareOf(node: ScalarNode): ((reader: AvroReader) => boolean) | undefined {
  if (node.kind === 'string' && node.logical?.kind === 'instant') return (reader) => readInstant(reader) !== undefined
  const time = node.kind === 'int' || node.kind === 'long' ? node.logical : undefined
  if (time?.kind !== 'time' || time.mayBeSpan !== true) return undefined
  return (reader) => timeText(reader.long(), time.digits) !== undefined
}

/** A date may have its zone. */
const dateWithZone = /^(\d{4}-\d\d-\d\d)Z$/

function readInstant(reader: AvroReader): Instant | undefined {
  return parseInstant(readString(reader).replace(dateWithZone, '$1'))
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function integerComparisonOf(node: PrimitiveNode): ReadComparison {
  const read = node.kind === 'int' ? (reader: AvroReader) => reader.int() : (reader: AvroReader) => reader.long()
  const convert = node.logical === undefined ? exact : comparisonOf(node.logical)
  return (reader) => convert(read(reader))
}

function comparisonOf(logical: LogicalType): (units: number | bigint) => ComparisonValue {
  if (logical.kind === 'date') return (days) => new Instant(BigInt(days) * 86_400_000_000_000n)
  if (logical.kind === 'time') return (units) => timeText(units, logical.digits) ?? null
  if (logical.kind !== 'timestamp') return exact
  const nanosecondsPerUnit = 10n ** BigInt(9 - logical.digits)
  return (units) => new Instant(BigInt(units) * nanosecondsPerUnit)
}

function exact(value: number | bigint): number | Exact {
  return typeof value === 'number' ? value : new Exact(value, 0)
}

function bytesComparisonOf(node: FixedNode | PrimitiveNode): ReadComparison {
  if (node.logical?.kind !== 'decimal') return bytesTextOf(node)
  const { scale } = node.logical
  const unscaled = unscaledOf(node)
  return (reader) => decimalOf(BigInt(unscaled(reader)), scale)
}
