import { BadRecordError } from '#errors.js'
import { Exact } from '#avro/decimal.js'
import type { ComparisonValue } from '#avro/entity-schema.js'
import { Instant, parseInstant } from '#avro/instant.js'
import type { AvroReader } from '#avro/read/avro-reader.js'
import { scalarComparisonOf } from '#avro/read/scalar-comparison.js'
import type { AvroField, AvroNode, FractionDigits, PrimitiveNode, RecordNode, ScalarNode } from '#avro/schema/avro-schema.js'
import { readString } from '#avro/read/scalar-text.js'

/** Readers for single fields of an envelope. Each throws `envelope_invalid` where the schema gives the field another type. */

type Read<T> = (reader: AvroReader) => T

export function fieldOf(record: RecordNode, name: string): AvroField {
  const field = record.fields.find((candidate) => candidate.name === name)
  if (field === undefined) throw new BadRecordError('envelope_invalid', `there is no field ${name}`)
  return field
}

/**
 * Reads a word of a list, from an enum or a string. Null is undefined.
 * @param other answers for another word, which is undefined by default.
 */
export function wordReaderOf<T>(
  { name, type: node }: AvroField,
  words: ReadonlyMap<string, T>,
  other: () => T | undefined = () => undefined,
): Read<T | undefined> {
  return orNull(name, node, (type): Read<T | undefined> | undefined => {
    if (type.kind === 'string') return (reader) => words.get(readString(reader)) ?? other()
    if (type.kind !== 'enum') return undefined
    const meanings = type.symbols.map((symbol) => words.get(symbol))
    return (reader) => meanings[reader.index(meanings.length)] ?? other()
  })
}

const flagWords: ReadonlyMap<string, boolean> = new Map(
  Object.entries({
    true: true,
    t: true,
    y: true,
    yes: true,
    x: true,
    1: true,
    false: false,
    f: false,
    n: false,
    no: false,
    0: false,
    '': false,
  }),
)

/** Reads whether something is so. A time says by being there that it is. Null is undefined. @throws BadRecordError `operation_wrong` on reading another word. */
export function flagReaderOf({ name, type: node }: AvroField): Read<boolean | undefined> {
  return orNull(name, node, (type) => {
    if (!mayBeFlag(type)) return undefined
    const read = scalarComparisonOf(type)
    return (reader) => flagIn(read(reader))
  })
}

/** Bytes are one where they are a number, as some databases know no others. */
function mayBeFlag(type: AvroNode): type is ScalarNode {
  if (type.kind === 'bytes' || type.kind === 'fixed') return type.logical?.kind === 'decimal'
  return !['null', 'record', 'array', 'map', 'union'].includes(type.kind)
}

function flagIn(value: ComparisonValue): boolean {
  const flag = typeof value === 'string' ? flagInText(value) : flagInValue(value)
  if (flag === undefined) throw new BadRecordError('operation_wrong', 'a mark says neither that it is deleted nor that it is not')
  return flag
}

function flagInText(text: string): boolean | undefined {
  return flagWords.get(text.toLowerCase()) ?? (parseInstant(text) === undefined ? undefined : true)
}

function flagInValue(value: ComparisonValue): boolean | undefined {
  if (typeof value === 'number') return value !== 0
  if (value instanceof Exact) return value.unscaled !== 0n
  return value instanceof Instant || (typeof value === 'boolean' ? value : undefined)
}

/** Reads a time in milliseconds since the epoch. A long without a logical type counts as milliseconds. */
export function timeReaderOf({ name, type: node }: AvroField): Read<number | undefined> {
  return orNull(name, node, readTimeOf)
}

/** The same, also from a text; undefined where that names no instant. */
export function markedTimeReaderOf({ name, type: node }: AvroField): Read<number | undefined> {
  return orNull(name, node, (type) => (type.kind === 'string' ? (reader) => msOf(parseInstant(readString(reader))) : readTimeOf(type)))
}

function readTimeOf(type: AvroNode): Read<number> | undefined {
  if (type.kind !== 'long') return undefined
  const perMs = unitsPerMs(type)
  return perMs === 1 ? (reader) => Number(reader.long()) : (reader) => Math.floor(Number(reader.long()) / perMs)
}

function msOf(instant: Instant | undefined): number | undefined {
  return instant && Number(instant.nanoseconds / 1_000_000n)
}

function unitsPerMs({ logical }: PrimitiveNode): number {
  const digits: FractionDigits = logical?.kind === 'timestamp' ? logical.digits : 3
  return 10 ** (digits - 3)
}

/** Reads a type that may stand in a union with null (and with further types that can be read). */
function orNull<T>(name: string, node: AvroNode, readerOf: (type: AvroNode) => Read<T> | undefined): Read<T | undefined> {
  if (node.kind === 'null') return () => undefined
  if (node.kind !== 'union') return expected(name, readerOf(node))
  const reads = node.branches.map((branch) => orNull(name, branch, readerOf))
  return (reader) => reads[reader.index(reads.length)]!(reader)
}

function expected<T>(name: string, read: Read<T> | undefined): Read<T> {
  if (read === undefined) throw new BadRecordError('envelope_invalid', `the field ${name} has a type that it cannot have`)
  return read
}
