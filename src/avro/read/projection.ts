import { AvroReader } from './avro-reader.js'
import { type ArrayNode, type AvroNode, type MapNode, minWidthOf, type RecordNode, type UnionNode } from '../schema/avro-schema.js'
import { type Skip, skipOf } from './avro-skip.js'
import type { LeafSet, Projection } from '../entity-schema.js'
import type { JsonOutput } from '#text/json-output.js'
import type { PathNode } from '../schema/leaf-tree.js'
import { type LongsAs, nullJson, scalarJsonOf, type WriteJson, writeStringJson } from './scalar-json.js'
import type { IsUnavailable, UnavailableValue } from './unavailable-value.js'
import { VisiblePaths } from '../schema/visible-paths.js'

const [comma, openBrace, closeBrace, openBracket, closeBracket] = [0x2c, 0x7b, 0x7d, 0x5b, 0x5d]

export interface ProjectionOptions {
  readonly longs: LongsAs
  /** The value that counts as hidden, as it stands for a missing one. */
  readonly unavailable: UnavailableValue | undefined
}

/**
 * Compiles the JSON of some leaves to closures. Each writes what it reads, or nothing where its value is hidden, such as a union's branch.
 * Compiling to source text would be faster still, but schemas come from outside.
 */
export function compileProjection(record: RecordNode, root: PathNode, leaves: LeafSet, options: ProjectionOptions): Projection {
  const write = new ProjectionCompiler(new VisiblePaths(leaves), options).record(record, root)
  return (bytes, start, output) => {
    const reader = new AvroReader(bytes, start)
    write(reader, output)
    reader.expectEnd()
  }
}

class ProjectionCompiler {
  constructor(
    private readonly visible: VisiblePaths,
    private readonly options: ProjectionOptions,
  ) {}

  record(node: RecordNode, place: PathNode): WriteJson {
    const fields = this.fields(node, place)
    return (reader, output) => {
      reader.enter()
      output.byte(openBrace)
      for (let i = 0; i < fields.length; i++) fields[i]!(reader, output)
      output.byte(closeBrace)
      reader.leave()
    }
  }

  /** Hidden fields in a row are skipped in one step. */
  private fields(node: RecordNode, place: PathNode): WriteJson[] {
    const steps: WriteJson[] = []
    let hidden: Skip[] = []
    for (const field of node.fields) {
      if (!this.visible.showsField(field, place)) {
        if (minWidthOf(field.type) > 0) hidden.push(skipOf(field.type))
        continue
      }
      if (hidden.length > 0) steps.push(skipAll(hidden))
      hidden = []
      steps.push(writeField(field.name, this.value(field.type, place.children.get(field.name)!)))
    }
    if (hidden.length > 0) steps.push(skipAll(hidden))
    return steps
  }

  private value(node: AvroNode, place: PathNode): WriteJson {
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
        return leftOut(node, this.options.unavailable?.testOf(node), scalarJsonOf(node, this.options.longs))
    }
  }

  private array({ items }: ArrayNode, place: PathNode): WriteJson {
    const width = minWidthOf(items)
    const write = this.value(items, place)
    const writeArray: WriteJson = (reader, output) => {
      const outer = reader.enterBlocks()
      const start = output.length
      let [written, missing] = [0, 0]
      output.byte(openBracket)
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        for (let i = 0; i < count; i++) {
          if (!output.endsWith(openBracket)) output.byte(comma)
          if (writeItem(reader, output, write)) written++
          else missing++
        }
      }
      output.byte(closeBracket)
      reader.leaveBlocks(outer)
      if (missing > 0 && written === 0) output.rewind(start)
    }
    return leftOut({ kind: 'array', items }, this.options.unavailable?.testOfList(items), writeArray)
  }

  // Among entries with the same key the last one counts, as in every Avro library, though a JSON text could hold them all.
  private map({ values }: MapNode, place: PathNode): WriteJson {
    const width = 1 + minWidthOf(values)
    const write = this.value(values, place)
    return (reader, output) => {
      const outer = reader.enterBlocks()
      const entries = new Map<string, string>()
      const missing = new Set<string>()
      let held = 0
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        for (let i = 0; i < count; i++) {
          const key = taken(reader, output, writeStringJson)
          const before = reader.unavailable
          const value = taken(reader, output, write)
          entries.set(key, value)
          if (value === '' && reader.unavailable > before) missing.add(key)
          else missing.delete(key)
          output.hold(key.length + value.length)
          held += key.length + value.length
        }
      }
      output.release(held)
      if (missing.size === 0 || missing.size < entries.size) writeObject(output, entries)
      reader.leaveBlocks(outer)
    }
  }

  private union({ branches }: UnionNode, place: PathNode): WriteJson {
    const writes = branches.map((branch): WriteJson =>
      this.visible.showsBranch(branch, place) ? this.value(branch, place) : skipOf(branch),
    )
    return (reader, output) => writes[reader.index(writes.length)]!(reader, output)
  }
}

function skipAll(skips: readonly Skip[]): WriteJson {
  return (reader) => {
    for (let i = 0; i < skips.length; i++) skips[i]!(reader)
  }
}

function writeField(name: string, write: WriteJson): WriteJson {
  const first = Buffer.from(`${JSON.stringify(name)}:`)
  const further = Buffer.from(`,${JSON.stringify(name)}:`)
  return (reader, output) => {
    const start = output.length
    output.raw(output.endsWith(openBrace) ? first : further)
    const valueAt = output.length
    write(reader, output)
    if (output.length === valueAt) output.rewind(start)
  }
}

/**
 * Writes an item of an array, null where it is hidden. Answers false for an item that the connector left out: a list of such items alone is
 * left out itself.
 */
function writeItem(reader: AvroReader, output: JsonOutput, write: WriteJson): boolean {
  const start = output.length
  const before = reader.unavailable
  write(reader, output)
  if (output.length !== start) return true
  output.raw(nullJson)
  return reader.unavailable === before
}

/** Writes nothing in place of a value that the connector left out. */
function leftOut(node: AvroNode, isUnavailable: IsUnavailable | undefined, write: WriteJson): WriteJson {
  if (isUnavailable === undefined) return write
  const skip = skipOf(node)
  return (reader, output) => {
    if (!isUnavailable(reader)) return write(reader, output)
    reader.unavailable++
    skip(reader)
  }
}

/** Returns the text that `write` writes and takes it back from the output; empty where the value is hidden. */
function taken(reader: AvroReader, output: JsonOutput, write: WriteJson): string {
  const start = output.length
  write(reader, output)
  const text = output.textFrom(start)
  output.rewind(start)
  return text
}

/** @param entries JSON texts by JSON texts. Empty values are left out. */
function writeObject(output: JsonOutput, entries: ReadonlyMap<string, string>): void {
  output.byte(openBrace)
  for (const [key, value] of entries) {
    if (value !== '') output.text(`${output.endsWith(openBrace) ? '' : ','}${key}:${value}`)
  }
  output.byte(closeBrace)
}
