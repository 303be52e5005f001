import { BadRecordError } from '#errors.js'
import { decimalBytesMax, decimalDigitsMax } from '../schema/avro-logical-type.js'
import type { AvroReader } from './avro-reader.js'
import {
  type ArrayNode,
  type AvroNode,
  type MapNode,
  minWidthOf,
  type PrimitiveNode,
  type RecordNode,
  type UnionNode,
} from '../schema/avro-schema.js'

/** Skips one value and checks everything that reading it would check, so that a hidden field cannot hide a malformed record. */
export type Skip = (reader: AvroReader) => void

const skips = new WeakMap<AvroNode, Skip>()

export function skipOf(node: AvroNode): Skip {
  const known = skips.get(node)
  if (known !== undefined) return known
  const skip = node.kind === 'record' ? skipRecord(node) : compile(node)
  skips.set(node, skip)
  return skip
}

function compile(node: Exclude<AvroNode, RecordNode>): Skip {
  switch (node.kind) {
    case 'array':
      return skipArray(node)
    case 'map':
      return skipMap(node)
    case 'union':
      return skipUnion(node)
    case 'enum':
      return (reader) => void reader.index(node.symbols.length)
    case 'fixed':
      return (reader) => void reader.skip(node.size)
    case 'variable-decimal':
      return (reader) => {
        readScale(reader)
        readDecimalLength(reader)
      }
    default:
      return skipPrimitive(node)
  }
}

function skipPrimitive(node: PrimitiveNode): Skip {
  switch (node.kind) {
    case 'null':
      return () => undefined
    case 'boolean':
      return (reader) => void reader.boolean()
    case 'int':
      return (reader) => void reader.int()
    case 'long':
      return (reader) => void reader.long()
    case 'float':
      return (reader) => void reader.skip(4)
    case 'double':
      return (reader) => void reader.skip(8)
    case 'string':
      return (reader) => void reader.skip(reader.length())
    case 'bytes':
      return node.logical?.kind === 'decimal' ? (reader) => void readDecimalLength(reader) : (reader) => void reader.skip(reader.length())
  }
}

/** Reads the scale before the bytes of a decimal. A number with as many zeros as it may say would fill the memory. */
export function readScale(reader: AvroReader): number {
  const scale = reader.int()
  if (Math.abs(scale) > decimalDigitsMax) throw new BadRecordError('over_limit', `a decimal of more than ${decimalDigitsMax} digits`)
  return scale
}

/** Skips the bytes of a decimal and returns their number. */
export function readDecimalLength(reader: AvroReader): number {
  const length = reader.length()
  if (length > decimalBytesMax) throw new BadRecordError('over_limit', `a decimal of more than ${decimalBytesMax} bytes`)
  reader.skip(length)
  return length
}

function skipRecord(node: RecordNode): Skip {
  const fields: Skip[] = []
  const skip: Skip = (reader) => {
    reader.enter()
    for (let i = 0; i < fields.length; i++) fields[i]!(reader)
    reader.leave()
  }
  skips.set(node, skip) // Before its fields, which may hold it.
  // Types without bytes are not walked: records of empty records, doubled often enough, would take for ever.
  for (const { type } of node.fields) if (minWidthOf(type) > 0) fields.push(skipOf(type))
  return skip
}

function skipArray({ items }: ArrayNode): Skip {
  const width = minWidthOf(items)
  const skipItem = skipOf(items)
  return (reader) => {
    const outer = reader.enterBlocks()
    for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
      if (width > 0) for (let i = 0; i < count; i++) skipItem(reader)
    }
    reader.leaveBlocks(outer)
  }
}

function skipMap({ values }: MapNode): Skip {
  const width = 1 + minWidthOf(values)
  const skipValue = skipOf(values)
  return (reader) => {
    const outer = reader.enterBlocks()
    for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
      for (let i = 0; i < count; i++) {
        reader.skip(reader.length())
        skipValue(reader)
      }
    }
    reader.leaveBlocks(outer)
  }
}

function skipUnion({ branches }: UnionNode): Skip {
  const skipBranches = branches.map(skipOf)
  return (reader) => skipBranches[reader.index(skipBranches.length)]!(reader)
}
