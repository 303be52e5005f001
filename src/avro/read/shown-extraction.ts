import { AvroReader } from './avro-reader.js'
import {
  type ArrayNode,
  type AvroField,
  type AvroNode,
  type MapNode,
  minWidthOf,
  type RecordNode,
  type ScalarNode,
  type UnionNode,
} from '../schema/avro-schema.js'
import { skipOf } from './avro-skip.js'
import { type ComparisonValue, type LeafSet, pathValuesMax, type ShownExtraction } from '../entity-schema.js'
import type { PathNode } from '../schema/leaf-tree.js'
import { VisiblePaths } from '../schema/visible-paths.js'
import { AskedStep } from './asked-step.js'
import { scalarComparisonOf, undecidableTestOf } from './scalar-comparison.js'
import { readString } from './scalar-text.js'
import type { UnavailableValue } from './unavailable-value.js'

/** Undefined where the value is not shown. */
type ReadShown = (reader: AvroReader, items: ItemCount) => ComparisonValue | undefined

/** The entries of lists and maps that were read of one record. */
interface ItemCount {
  count: number
}

/**
 * Compiles the values at some paths of what some leaves show, in the form in which conditions compare them. What is there and what is not is
 * as in the JSON of these leaves: a hidden value is absent, in an array it is null.
 */
export function compileShownExtraction(
  record: RecordNode,
  root: PathNode,
  leaves: LeafSet,
  paths: readonly string[],
  unavailable: UnavailableValue | undefined,
): ShownExtraction {
  const read = new ShownExtractionCompiler(new VisiblePaths(leaves), unavailable).record(record, root, AskedStep.of(paths))
  return (bytes, start) => {
    const reader = new AvroReader(bytes, start)
    const items = { count: 0 }
    const values = read(reader, items)
    reader.expectEnd()
    return items.count > pathValuesMax ? undefined : values
  }
}

class ShownExtractionCompiler {
  constructor(
    private readonly visible: VisiblePaths,
    private readonly unavailable: UnavailableValue | undefined,
  ) {}

  record(node: RecordNode, place: PathNode, asked: AskedStep) {
    const fields = node.fields.map((field) => this.field(field, place, asked))
    return (reader: AvroReader, items: ItemCount) => {
      reader.enter()
      const values: Record<string, ComparisonValue> = Object.create(null) as Record<string, ComparisonValue>
      for (const field of fields) field(reader, items, values)
      reader.leave()
      return values
    }
  }

  private field(field: AvroField, place: PathNode, asked: AskedStep) {
    const { name, type, isMark } = field
    const step = isMark === true ? undefined : asked.next(name)
    if (step === undefined || !this.visible.showsField(field, place)) return skipOf(type)
    const read = this.value(type, place.children.get(name)!, step)
    return (reader: AvroReader, items: ItemCount, into: Record<string, ComparisonValue>) => {
      const value = read(reader, items)
      if (value !== undefined) into[name] = value
    }
  }

  private value(node: AvroNode, place: PathNode, asked: AskedStep): ReadShown {
    switch (node.kind) {
      case 'record':
        return this.record(node, place, asked)
      case 'array':
        return this.array(node, place, asked)
      case 'map':
        return this.map(node, place, asked)
      case 'union':
        return this.union(node, place, asked)
      default:
        return this.leftOut(node, this.unavailable?.testOf(node), scalarOf(node))
    }
  }

  private array(node: ArrayNode, place: PathNode, asked: AskedStep): ReadShown {
    const { items: type } = node
    const width = minWidthOf(type)
    const read = this.value(type, place, asked)
    const skip = skipOf(type)
    const readArray: ReadShown = (reader, items) => {
      const outer = reader.enterBlocks()
      const array: ComparisonValue[] = []
      let [shown, missing] = [0, 0]
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        items.count += count
        for (let i = 0; i < count; i++) {
          if (items.count > pathValuesMax) {
            skip(reader)
            continue
          }
          const before = reader.unavailable
          const value = read(reader, items)
          if (value === undefined && reader.unavailable > before) missing++
          else shown++
          array.push(value ?? null)
        }
      }
      reader.leaveBlocks(outer)
      return missing > 0 && shown === 0 ? undefined : array
    }
    return this.leftOut(node, this.unavailable?.testOfList(type), readArray)
  }

  // Of entries with the same key the last one counts, since it is the one that is shown.
  private map({ values }: MapNode, place: PathNode, asked: AskedStep): ReadShown {
    const width = 1 + minWidthOf(values)
    const read = this.value(values, place, asked)
    const skip = skipOf(values)
    return (reader, items) => {
      const outer = reader.enterBlocks()
      const entries = new Map<string, ComparisonValue | undefined>()
      const missing = new Set<string>()
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        items.count += count
        for (let i = 0; i < count; i++) {
          const key = readString(reader)
          if (items.count > pathValuesMax) {
            skip(reader)
            continue
          }
          const before = reader.unavailable
          const value = read(reader, items)
          entries.set(key, value)
          if (value === undefined && reader.unavailable > before) missing.add(key)
          else missing.delete(key)
        }
      }
      reader.leaveBlocks(outer)
      if (missing.size > 0 && missing.size === entries.size) return undefined
      return [...entries.values()].filter((value) => value !== undefined)
    }
  }

  private union({ branches }: UnionNode, place: PathNode, asked: AskedStep): ReadShown {
    const reads = branches.map((branch): ReadShown => {
      return this.visible.showsBranch(branch, place) ? this.value(branch, place, asked) : hidden(branch)
    })
    return (reader, items) => reads[reader.index(reads.length)]!(reader, items)
  }

  /** What the connector left out is absent. */
  private leftOut(node: AvroNode, isMissing: ((reader: AvroReader) => boolean) | undefined, read: ReadShown): ReadShown {
    if (isMissing === undefined) return read
    const skip = skipOf(node)
    return (reader, items) => {
      if (!isMissing(reader)) return read(reader, items)
      reader.unavailable++
      skip(reader)
      return undefined
    }
  }
}

/** What cannot be compared as its kind is compared as the text that is shown: `infinity` in place of a time, for example. */
function scalarOf(node: ScalarNode): ReadShown {
  const isOther = undecidableTestOf(node)
  const read = scalarComparisonOf(node)
  return isOther === undefined ? read : (reader) => (isOther(reader) ? readString(reader) : read(reader))
}

function hidden(node: AvroNode): ReadShown {
  const skip = skipOf(node)
  return (reader) => {
    skip(reader)
    return undefined
  }
}
