import { AvroReader } from './avro-reader.js'
import { type ArrayNode, type AvroNode, type MapNode, minWidthOf, type RecordNode, type UnionNode } from './avro-schema.js'
import { skipOf } from './avro-skip.js'
import type { ComparisonValue, Extraction, LeafSet } from '../entity-schema.js'
import type { PathNode } from './leaf-tree.js'
import { type ReadComparison, scalarComparisonOf } from './scalar-comparison.js'
import { readString } from './scalar-text.js'
import { VisiblePaths } from './visible-paths.js'

type ComparisonRecord = Record<string, ComparisonValue>
type ReadField = (reader: AvroReader, into: ComparisonRecord) => void

/** Compiles the values of some leaves, as conditions compare them, to closures; walks the record as `compileProjection` does. */
export function compileExtraction(record: RecordNode, root: PathNode, leaves: LeafSet): Extraction {
  const read = new ExtractionCompiler(new VisiblePaths(leaves)).record(record, root)
  return (bytes, start) => {
    const reader = new AvroReader(bytes, start)
    const values = read(reader)
    reader.expectEnd()
    return values
  }
}

class ExtractionCompiler {
  constructor(private readonly asked: VisiblePaths) {}

  record(node: RecordNode, place: PathNode): (reader: AvroReader) => ComparisonRecord {
    const fields = this.fields(node, place)
    return (reader) => {
      reader.enter()
      const values: ComparisonRecord = {}
      for (let i = 0; i < fields.length; i++) fields[i]!(reader, values)
      reader.leave()
      return values
    }
  }

  private fields(node: RecordNode, place: PathNode): ReadField[] {
    const steps: ReadField[] = []
    for (const field of node.fields) {
      if (this.asked.showsField(field, place)) {
        steps.push(readField(field.name, this.value(field.type, place.children.get(field.name)!)))
      } else if (minWidthOf(field.type) > 0) steps.push(skipOf(field.type))
    }
    return steps
  }

  private value(node: AvroNode, place: PathNode): ReadComparison {
    switch (node.kind) {
      case 'record':
        return this.record(node, place)
      case 'array':
        return this.array(node, place)
      case 'map':
        return this.map(node, place)
      case 'union':
        return this.union(node, place)
      default:
        return scalarComparisonOf(node)
    }
  }

  private array({ items }: ArrayNode, place: PathNode): ReadComparison {
    const width = minWidthOf(items)
    const read = this.value(items, place)
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
  private map({ values }: MapNode, place: PathNode): ReadComparison {
    const width = 1 + minWidthOf(values)
    const read = this.value(values, place)
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

  private union({ branches }: UnionNode, place: PathNode): ReadComparison {
    const reads = branches.map((branch): ReadComparison => {
      if (this.asked.showsBranch(branch, place)) return this.value(branch, place)
      const skip = skipOf(branch)
      // A record without anything that was asked for is there all the same: to a condition it is not null.
      const isRecord = branch.kind === 'record'
      return (reader) => {
        skip(reader)
        return isRecord ? {} : null
      }
    })
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
