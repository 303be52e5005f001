import { AvroReader } from './avro-reader.js'
import { type ArrayNode, type AvroField, type AvroNode, type MapNode, minWidthOf, type RecordNode, type UnionNode } from './avro-schema.js'
import { skipOf } from './avro-skip.js'
import type { ComparisonValue, Extraction } from '../entity-schema.js'
import { type ReadComparison, scalarComparisonOf } from './scalar-comparison.js'
import { readString } from './scalar-text.js'

type ComparisonRecord = Record<string, ComparisonValue>
type ReadRecord = (reader: AvroReader) => ComparisonRecord
type ReadField = (reader: AvroReader, into: ComparisonRecord) => void

/**
 * Compiles the values at some paths, as conditions compare them, to closures. The paths are followed through the schema itself rather than
 * to its leaves: a condition may ask whether a container is there in which no leaf is, or for what lies too deep to be shown.
 */
export function compileExtraction(record: RecordNode, paths: readonly string[]): Extraction {
  const read = new ExtractionCompiler().record(record, stepsOf(paths))
  return (bytes, start) => {
    const reader = new AvroReader(bytes, start)
    const values = read(reader)
    reader.expectEnd()
    return values
  }
}

/** What is asked of a record: the names of fields, each with what is asked of the records in it. */
type Steps = ReadonlyMap<string, Steps>

function stepsOf(paths: readonly string[]): Steps {
  const root = new Map<string, Steps>()
  for (const path of paths) {
    let steps = root
    for (const name of path.split('.')) {
      const next = (steps.get(name) ?? new Map<string, Steps>()) as Map<string, Steps>
      steps.set(name, next)
      steps = next
    }
  }
  return root
}

class ExtractionCompiler {
  /** Else a union of records that hold the union again would be compiled once for each way through them. */
  private readonly compiled = new Map<Steps, Map<RecordNode, ReadRecord>>()

  record(node: RecordNode, asked: Steps): ReadRecord {
    const known = this.compiled.get(asked) ?? new Map<RecordNode, ReadRecord>()
    this.compiled.set(asked, known)
    const read = known.get(node) ?? this.compileRecord(node, asked)
    known.set(node, read)
    return read
  }

  private compileRecord(node: RecordNode, asked: Steps): ReadRecord {
    const fields = node.fields.flatMap((field) => this.field(field, asked.get(field.name)))
    return (reader) => {
      reader.enter()
      const values: ComparisonRecord = {}
      for (let i = 0; i < fields.length; i++) fields[i]!(reader, values)
      reader.leave()
      return values
    }
  }

  private field({ name, type }: AvroField, asked: Steps | undefined): ReadField[] {
    if (asked !== undefined) return [readField(name, this.value(type, asked))]
    return minWidthOf(type) > 0 ? [skipOf(type)] : []
  }

  private value(node: AvroNode, asked: Steps): ReadComparison {
    switch (node.kind) {
      case 'record':
        return this.record(node, asked)
      case 'array':
        return this.array(node, asked)
      case 'map':
        return this.map(node, asked)
      case 'union':
        return this.union(node, asked)
      default:
        return scalarComparisonOf(node)
    }
  }

  private array({ items }: ArrayNode, asked: Steps): ReadComparison {
    const width = minWidthOf(items)
    const read = this.value(items, asked)
    return (reader) => {
      const outer = reader.enterBlocks()
      const array: ComparisonValue[] = []
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        for (let i = 0; i < count; i++) array.push(read(reader))
      }
      reader.leaveBlocks(outer)
      return array
    }
  }

  // Of entries with the same key the last one counts, since it is the one that is shown.
  private map({ values }: MapNode, asked: Steps): ReadComparison {
    const width = 1 + minWidthOf(values)
    const read = this.value(values, asked)
    return (reader) => {
      const outer = reader.enterBlocks()
      const entries = new Map<string, ComparisonValue>()
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        for (let i = 0; i < count; i++) entries.set(readString(reader), read(reader))
      }
      reader.leaveBlocks(outer)
      return [...entries.values()]
    }
  }

  private union({ branches }: UnionNode, asked: Steps): ReadComparison {
    const reads = branches.map((branch) => this.value(branch, asked))
    return (reader) => reads[reader.index(reads.length)]!(reader)
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
