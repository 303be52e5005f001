import { AvroReader } from './avro-reader.js'
import {
  type ArrayNode,
  type AvroField,
  type AvroNode,
  type MapNode,
  minWidthOf,
  type RecordNode,
  type UnionNode,
} from '../schema/avro-schema.js'
import { skipOf } from './avro-skip.js'
import type { ComparisonValue, Extraction } from '../entity-schema.js'
import { type ReadComparison, scalarComparisonOf, undecidableTestOf } from './scalar-comparison.js'
import { readString } from './scalar-text.js'
import { AskedStep } from './asked-step.js'
import type { IsUnavailable, UnavailableValue } from './unavailable-value.js'

type ComparisonRecord = Record<string, ComparisonValue>
type ReadRecord = (reader: AvroReader) => ComparisonRecord
type ReadField = (reader: AvroReader, into: ComparisonRecord) => void

/**
 * Compiles the values at some paths to closures, in the form in which conditions compare them. The paths are followed through the schema
 * itself rather than to its leaves: a condition may ask whether a container without leaves is there, or for a value too deep to be shown.
 */
export function compileExtraction(record: RecordNode, paths: readonly string[], unavailable?: UnavailableValue): Extraction {
  const asked = AskedStep.of(paths)
  const read = new ExtractionCompiler(unavailable).record(record, asked)
  return (bytes, start, unknown) => {
    const reader = new AvroReader(bytes, start)
    asked.begin()
    const values = read(reader)
    reader.expectEnd()
    if (unknown !== undefined) asked.noteUnknown(unknown)
    return values
  }
}

class ExtractionCompiler {
  /**
   * Each record is compiled once. Otherwise a union of records that hold the union again would be compiled once for each way through them.
   */
  private readonly compiled = new Map<AskedStep, Map<RecordNode, ReadRecord>>()

  constructor(private readonly unavailable: UnavailableValue | undefined) {}

  record(node: RecordNode, asked: AskedStep): ReadRecord {
    const known = this.compiled.get(asked) ?? new Map<RecordNode, ReadRecord>()
    this.compiled.set(asked, known)
    const read = known.get(node) ?? this.compileRecord(node, asked)
    known.set(node, read)
    return read
  }

  private compileRecord(node: RecordNode, asked: AskedStep): ReadRecord {
    const fields = node.fields.flatMap((field) => this.field(field, asked.next(field.name)))
    return (reader) => {
      reader.enter()
      const values: ComparisonRecord = {}
      for (let i = 0; i < fields.length; i++) fields[i]!(reader, values)
      reader.leave()
      return values
    }
  }

  private field({ name, type, isMark }: AvroField, asked: AskedStep | undefined): ReadField[] {
    if (asked !== undefined && isMark !== true) return [readField(name, this.fieldValue(type, asked))]
    return minWidthOf(type) > 0 ? [skipOf(type)] : []
  }

  /** The value of a field. It counts as one of the path's values, except that of a list the items count. */
  private fieldValue(node: AvroNode, asked: AskedStep): ReadComparison {
    if (node.kind === 'union') return this.union(node, (branch) => this.fieldValue(branch, asked))
    const read = this.value(node, asked)
    if (node.kind === 'array' || node.kind === 'map') return read
    return (reader) => {
      asked.count(1)
      return read(reader)
    }
  }

  private value(node: AvroNode, asked: AskedStep): ReadComparison {
    if (node.kind === 'array') return noting(asked, this.unavailable?.testOfList(node.items), this.array(node, asked, asked))
    return node.kind === 'map' ? this.map(node, asked, asked) : this.item(node, asked, asked)
  }

  /**
   * An item of an array or a map. A list directly within another belongs to the same path: `$elemMatch` reaches its items, which cost the
   * same and may be as unknown. @param below the steps that are asked of records in it.
   */
  private item(node: AvroNode, asked: AskedStep, below: AskedStep): ReadComparison {
    switch (node.kind) {
      case 'record':
        return this.record(node, below)
      case 'array':
        return noting(asked, this.unavailable?.testOfList(node.items), this.array(node, asked, below))
      case 'map':
        return this.map(node, asked, below)
      case 'union':
        return this.union(node, (branch) => this.item(branch, asked, below))
      default:
        return noting(asked, this.unavailable?.testOf(node), noting(asked, undecidableTestOf(node), scalarComparisonOf(node)))
    }
  }

  /** Once all paths here are unknown, the remaining items are skipped. */
  private array({ items }: ArrayNode, asked: AskedStep, below: AskedStep): ReadComparison {
    const width = minWidthOf(items)
    const read = this.item(items, asked, below)
    const skip = skipOf(items)
    return (reader) => {
      const outer = reader.enterBlocks()
      const array: ComparisonValue[] = []
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        below.count(count)
        for (let i = 0; i < count; i++) {
          if (asked.isWanted) array.push(read(reader))
          else skip(reader)
        }
      }
      reader.leaveBlocks(outer)
      return array
    }
  }

  // Of entries with the same key the last one counts, since it is the one that is shown.
  private map({ values }: MapNode, asked: AskedStep, below: AskedStep): ReadComparison {
    const width = 1 + minWidthOf(values)
    const read = this.item(values, asked, below)
    const skip = skipOf(values)
    return (reader) => {
      const outer = reader.enterBlocks()
      const entries = new Map<string, ComparisonValue>()
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        below.count(count)
        for (let i = 0; i < count; i++) {
          const key = readString(reader)
          if (asked.isWanted) entries.set(key, read(reader))
          else skip(reader)
        }
      }
      reader.leaveBlocks(outer)
      return [...entries.values()]
    }
  }

  private union({ branches }: UnionNode, readerOf: (branch: AvroNode) => ReadComparison): ReadComparison {
    const reads = branches.map(readerOf)
    return (reader) => reads[reader.index(reads.length)]!(reader)
  }
}

function noting(asked: AskedStep, isUnknown: IsUnavailable | undefined, read: ReadComparison): ReadComparison {
  if (isUnknown === undefined) return read
  return (reader) => {
    if (isUnknown(reader)) asked.leaveUnknown()
    return read(reader)
  }
}

function readField(name: string, read: ReadComparison): ReadField {
  if (name === '__proto__') {
    const describe = (value: ComparisonValue) => ({ value, enumerable: true, writable: true, configurable: true })
    return (reader, into) => void Object.defineProperty(into, name, describe(read(reader)))
  }
  return (reader, into) => {
    into[name] = read(reader)
  }
}
