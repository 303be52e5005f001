import { type JsonOutput, quote } from '#text/json-output.js'
import { decimalOf, type Exact } from '../decimal.js'
import type { AvroReader } from './avro-reader.js'
import type { FixedNode, FractionDigits, LogicalType, PrimitiveNode, ScalarNode } from '../schema/avro-schema.js'
import { writeDate, writeSpan, writeTime, writeTimestamp } from '../iso-text.js'
import { bytesTextOf, readVariableDecimal, unscaledOf } from './scalar-text.js'

/** How longs are written for a client's parser: as numbers with all their digits, or as strings, since a parser may round numbers. */
export type LongsAs = 'number' | 'string'

/** Reads one value and writes its JSON. */
export type WriteJson = (reader: AvroReader, output: JsonOutput) => void

export const nullJson = Buffer.from('null')
const [trueJson, falseJson] = [Buffer.from('true'), Buffer.from('false')]

/** Compiles the JSON of a scalar (README.md of this room). */
export function scalarJsonOf(node: ScalarNode, longs: LongsAs): WriteJson {
  switch (node.kind) {
    case 'null':
      return (_reader, output) => output.raw(nullJson)
    case 'boolean':
      return (reader, output) => output.raw(reader.boolean() ? trueJson : falseJson)
    case 'int':
    case 'long':
      return integerJsonOf(node, longs)
    case 'float':
      return (reader, output) => writeNumber(output, reader.float())
    case 'double':
      return (reader, output) => writeNumber(output, reader.double())
    case 'string':
      return writeStringJson
    case 'enum':
      return enumJsonOf(node.symbols)
    case 'variable-decimal':
      return writeVariableDecimal
    default:
      return bytesJsonOf(node)
  }
}

export function writeStringJson(reader: AvroReader, output: JsonOutput): void {
  const length = reader.length()
  const start = reader.skip(length)
  output.quotedFrom(reader.bytes, start, start + length)
}

function writeNumber(output: JsonOutput, value: number): void {
  if (Number.isFinite(value)) output.ascii(String(value))
  else output.raw(nullJson)
}

function enumJsonOf(symbols: readonly string[]): WriteJson {
  const texts = symbols.map((symbol) => Buffer.from(JSON.stringify(symbol)))
  return (reader, output) => output.raw(texts[reader.index(texts.length)]!)
}

function integerJsonOf(node: PrimitiveNode, longs: LongsAs): WriteJson {
  const read = node.kind === 'int' ? (reader: AvroReader) => reader.int() : (reader: AvroReader) => reader.long()
  const write = node.logical === undefined ? undefined : timeWriterOf(node.logical)
  if (write !== undefined) return (reader, output) => writeQuoted(output, read(reader), write)
  if (longs === 'number' || node.kind === 'int') return (reader, output) => output.integer(read(reader))
  return (reader, output) => {
    output.byte(quote)
    output.integer(read(reader))
    output.byte(quote)
  }
}

/** Writes a date or time. Answers false where it is out of range, and writes nothing. */
type WriteTime = (output: JsonOutput, units: number | bigint) => boolean

function timeWriterOf(logical: LogicalType): WriteTime | undefined {
  switch (logical.kind) {
    case 'date':
      return (output, days) => writeDate(output, Number(days))
    case 'time':
      return logical.mayBeSpan === true ? timeOrSpanWriterOf(logical.digits) : (output, units) => writeTime(output, units, logical.digits)
    case 'timestamp':
      return logical.local ? (output, units) => writeTimestamp(output, units, logical.digits) : zonedWriterOf(logical.digits)
    default:
      return undefined
  }
}

function timeOrSpanWriterOf(digits: FractionDigits): WriteTime {
  return (output, units) => writeTime(output, units, digits) || writeSpan(output, units, digits)
}

const letterZ = 0x5a

function zonedWriterOf(digits: Parameters<typeof writeTimestamp>[2]): WriteTime {
  return (output, units) => {
    const isWritten = writeTimestamp(output, units, digits)
    if (isWritten) output.byte(letterZ)
    return isWritten
  }
}

function writeQuoted(output: JsonOutput, units: number | bigint, write: WriteTime): void {
  const start = output.length
  output.byte(quote)
  if (write(output, units)) return output.byte(quote)
  output.rewind(start)
  output.raw(nullJson)
}

function bytesJsonOf(node: FixedNode | PrimitiveNode): WriteJson {
  if (node.logical?.kind === 'decimal') return decimalJsonOf(node, node.logical.scale)
  const text = bytesTextOf(node)
  return (reader, output) => {
    output.byte(quote)
    output.ascii(text(reader))
    output.byte(quote)
  }
}

function writeVariableDecimal(reader: AvroReader, output: JsonOutput): void {
  writeDecimal(output, readVariableDecimal(reader))
}

function decimalJsonOf(node: FixedNode | PrimitiveNode, scale: number): WriteJson {
  const unscaled = unscaledOf(node)
  if (scale < 0) return (reader, output) => writeDecimal(output, decimalOf(BigInt(unscaled(reader)), scale))
  return (reader, output) => {
    output.byte(quote)
    output.decimal(unscaled(reader), scale)
    output.byte(quote)
  }
}

function writeDecimal(output: JsonOutput, { unscaled, scale }: Exact): void {
  output.byte(quote)
  output.decimal(unscaled, scale)
  output.byte(quote)
}
