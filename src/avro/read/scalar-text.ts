import { readDecimalLength, readScale } from './avro-skip.js'
import { decimalOf, type Exact } from '../decimal.js'
import type { AvroReader } from './avro-reader.js'
import type { FixedNode, PrimitiveNode } from '../schema/avro-schema.js'
import { durationText } from '../iso-text.js'

/** Reads bytes, fixed or strings as text, in the same way for clients and for conditions. */

export type ReadText = (reader: AvroReader) => string

/** Bytes that are not UTF-8 become U+FFFD, as in every decoder. */
export function readString(reader: AvroReader): string {
  const length = reader.length()
  const start = reader.skip(length)
  return reader.bytes.toString('utf8', start, start + length)
}

/** The text of bytes and fixed that are not decimals: base64, or the text of their logical type. */
export function bytesTextOf(node: FixedNode | PrimitiveNode): ReadText {
  if (node.kind !== 'fixed') return (reader) => base64(reader, reader.length())
  if (node.logical?.kind === 'duration') return readDuration
  if (node.logical?.kind === 'uuid') return readUuid
  return (reader) => base64(reader, node.size)
}

/** Reads the two's complement number of a decimal; a number where it is short. */
export function unscaledOf(node: FixedNode | PrimitiveNode): (reader: AvroReader) => number | bigint {
  if (node.kind === 'fixed') return (reader) => bigEndian(reader.bytes, reader.skip(node.size), node.size)
  return (reader) => {
    const length = readDecimalLength(reader)
    return bigEndian(reader.bytes, reader.pos - length, length)
  }
}

/** Reads a decimal whose scale stands before it. */
export function readVariableDecimal(reader: AvroReader): Exact {
  const scale = readScale(reader)
  const length = readDecimalLength(reader)
  return decimalOf(BigInt(bigEndian(reader.bytes, reader.pos - length, length)), scale)
}

function bigEndian(bytes: Buffer, start: number, length: number): number | bigint {
  if (length === 0) return 0
  if (length <= 6) return bytes.readIntBE(start, length) // The most that a double holds in whole bytes.
  return BigInt.asIntN(8 * length, BigInt(`0x${bytes.toString('hex', start, start + length)}`))
}

function base64(reader: AvroReader, length: number): string {
  const start = reader.skip(length)
  return reader.bytes.toString('base64', start, start + length)
}

function readDuration(reader: AvroReader): string {
  const start = reader.skip(12)
  const { bytes } = reader
  return durationText(bytes.readUInt32LE(start), bytes.readUInt32LE(start + 4), bytes.readUInt32LE(start + 8))
}

function readUuid(reader: AvroReader): string {
  return uuidText(reader.bytes, reader.skip(16))
}

/** The text of a UUID whose 16 bytes begin here. */
export function uuidText(bytes: Buffer, start: number): string {
  const hex = bytes.toString('hex', start, start + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
