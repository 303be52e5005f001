import { AvroReader } from '#avro/read/avro-reader.js'
import { meaningOf } from '#avro/schema/avro-logical-type.js'
import type { Primitive, ScalarNode } from '#avro/schema/avro-schema.js'
import { longBytes } from '#avro/write/avro-sink.js'
import { isJsonObject } from '#text/json-object.js'
import { partReaderOf } from './avro-id.js'

/** As what Connect's types are written in Avro, as far as these may mean more than they are. */
const bases: Readonly<Record<string, Primitive>> = { int32: 'int', int64: 'long', bytes: 'bytes' }

/**
 * A part of an id as clients see its value, from JSON with Connect's schema beside it: a date as `2026-01-31`, where JSON has a number.
 * Undefined where the schema gives it no such meaning.
 */
export function connectPart(value: unknown, schema: unknown): string | undefined {
  if (!isJsonObject(schema)) return undefined
  const base = bases[String(schema['type'])]
  if (base === undefined) return undefined
  const logical = meaningOf(base, { 'connect.name': schema['name'], 'connect.parameters': schema['parameters'] })
  const written = base === 'bytes' ? bytesOf(value) : integerOf(value)
  return logical && written && textOf({ kind: base, logical }, written)
}

/** A decimal that brings its scale, as Debezium writes keys of columns without one; undefined of anything else. */
export function variableDecimalPart(value: unknown): string | undefined {
  if (!isJsonObject(value) || Object.keys(value).sort().join() !== 'scale,value') return undefined
  const { scale, value: unscaled } = value
  const [before, bytes] = [integerOf(scale), bytesOf(unscaled)]
  return before && bytes && textOf({ kind: 'variable-decimal', logical: undefined }, Buffer.concat([before, bytes]))
}

function integerOf(value: unknown): Buffer | undefined {
  return Number.isSafeInteger(value) || typeof value === 'bigint' ? longBytes(value as number | bigint) : undefined
}

/** They are base64 in JSON. */
function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  return Buffer.concat([longBytes(bytes.length), bytes])
}

function textOf(node: ScalarNode, bytes: Buffer): string | undefined {
  const reader = new AvroReader(bytes, 0)
  const text = partReaderOf('key', node)(reader)
  reader.expectEnd()
  return text
}
