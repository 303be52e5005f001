import type { ScalarNode } from '../schema/avro-schema.js'
import { invalid } from './invalid.js'
import { scalarWriterOf } from './service-form.js'
import type { ValueForm, WriteValue } from './value-form.js'

/**
 * Defaults as a schema writes them: logical types as the numbers and bytes under them, bytes and fixed as a text with one character a byte.
 * https://avro.apache.org/docs/1.12.0/specification/#schema-record
 */
export const defaultForm: ValueForm = { scalarWriterOf: defaultWriterOf, isClosed: false, view: undefined }

/** JSON has no numbers for these; Java's library writes them as texts. */
const unwritable = new Map<unknown, number>([NaN, Infinity, -Infinity].map((number) => [String(number), number]))

function defaultWriterOf(node: ScalarNode): WriteValue {
  const bare = node.kind === 'enum' || node.kind === 'variable-decimal' ? node : { ...node, logical: undefined }
  const write = scalarWriterOf(bare)
  switch (node.kind) {
    case 'float':
    case 'double':
      return numberWriterOf(node.kind)
    case 'bytes':
    case 'fixed':
      return (sink, value) => write(sink, bytesIn(value), 'none')
    case 'variable-decimal':
      return writeScaleAndBytes
    default:
      return (sink, value) => write(sink, value, 'none') // A text of digits is no long.
  }
}

/** As the record that it is in Avro. */
const writeScaleAndBytes: WriteValue = (sink, value) => {
  const { scale, value: unscaled } = (value ?? {}) as { readonly scale?: unknown; readonly value?: unknown }
  const bytes = bytesIn(unscaled)
  if (typeof scale !== 'number' || !(bytes instanceof Buffer)) throw invalid('an object with scale and value', value)
  sink.long(scale)
  sink.withLength(bytes)
}

function numberWriterOf(kind: 'float' | 'double'): WriteValue {
  return (sink, value) => {
    const number = unwritable.get(value) ?? (typeof value === 'bigint' ? Number(value) : value)
    if (typeof number !== 'number') throw invalid('a number', value)
    sink[kind](number)
  }
}

function bytesIn(value: unknown): unknown {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : undefined
  return bytes?.toString('latin1') === value ? bytes : value
}
