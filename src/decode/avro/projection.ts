import { BadRecordError } from '../../errors.js'
import { AvroReader } from './avro-reader.js'
import { type ArrayNode, type AvroNode, type MapNode, minWidthOf, type RecordNode, type UnionNode } from './avro-schema.js'
import { type Skip, skipOf } from './avro-skip.js'
import type { LeafSet, Projection } from '../entity-schema.js'
import type { PathNode } from './leaf-tree.js'
import { type LongsAs, readStringJson, scalarJsonOf } from './scalar-json.js'
import { VisiblePaths } from './visible-paths.js'

/** Field names and nulls can make much text of few bytes; no client wants a frame beyond this many characters. */
const jsonLengthMax = 16_777_216

/** Reads one value and returns its JSON text; undefined where this value is hidden (a union's branch). */
type Write = (reader: AvroReader) => string | undefined

/** Reads one field and returns the object's text with it. */
type WriteField = (reader: AvroReader, object: string) => string

/**
 * Compiles the JSON text of some leaves to closures. An order's 5 of 12 fields take 0.5 to 0.6 µs, its whole record walked, where avsc's
 * decoding and JSON.stringify of the same five take 1.2; compiling to source text would be faster still, but schemas come from outside.
 */
export function compileProjection(record: RecordNode, root: PathNode, leaves: LeafSet, longs: LongsAs): Projection {
  const write = new ProjectionCompiler(new VisiblePaths(leaves), longs).record(record, root)
  return (bytes, start) => {
    const reader = new AvroReader(bytes, start)
    const text = write(reader)
    reader.expectEnd()
    return text
  }
}

class ProjectionCompiler {
  constructor(
    private readonly visible: VisiblePaths,
    private readonly longs: LongsAs,
  ) {}

  record(node: RecordNode, place: PathNode): (reader: AvroReader) => string {
    const fields = this.fields(node, place)
    return (reader) => {
      reader.enter()
      let object = '{'
      for (let i = 0; i < fields.length; i++) object = fields[i]!(reader, object)
      reader.leave()
      return object + '}'
    }
  }

  /** Hidden fields that follow one another are gone over in one step. */
  private fields(node: RecordNode, place: PathNode): WriteField[] {
    const steps: WriteField[] = []
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

  private value(node: AvroNode, place: PathNode): Write {
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
        return scalarJsonOf(node, this.longs)
    }
  }

  private array({ items }: ArrayNode, place: PathNode): Write {
    const width = minWidthOf(items)
    const write = this.value(items, place)
    return (reader) => {
      const outer = reader.enterBlocks()
      let array = '['
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        for (let i = 0; i < count; i++) {
          array += (array.length === 1 ? '' : ',') + (write(reader) ?? 'null')
          if (array.length > jsonLengthMax) throw tooLong()
        }
      }
      reader.leaveBlocks(outer)
      return array + ']'
    }
  }

  // Of entries with the same key the last one counts, as in every Avro library, though a JSON text could hold them all.
  private map({ values }: MapNode, place: PathNode): Write {
    const width = 1 + minWidthOf(values)
    const write = this.value(values, place)
    return (reader) => {
      const outer = reader.enterBlocks()
      const entries = new Map<string, string | undefined>()
      let length = 0
      for (let count = reader.nextBlock(width); count > 0; count = reader.nextBlock(width)) {
        for (let i = 0; i < count; i++) {
          const key = readStringJson(reader)
          const value = write(reader)
          entries.set(key, value)
          length += key.length + (value?.length ?? 0)
          if (length > jsonLengthMax) throw tooLong()
        }
      }
      reader.leaveBlocks(outer)
      return objectOf(entries)
    }
  }

  private union({ branches }: UnionNode, place: PathNode): Write {
    const writes = branches.map((branch): Write => {
      if (this.visible.showsBranch(branch, place)) return this.value(branch, place)
      const skip = skipOf(branch)
      return (reader) => {
        skip(reader)
        return undefined
      }
    })
    return (reader) => writes[reader.index(writes.length)]!(reader)
  }
}

function skipAll(skips: readonly Skip[]): WriteField {
  return (reader, object) => {
    for (let i = 0; i < skips.length; i++) skips[i]!(reader)
    return object
  }
}

function writeField(name: string, write: Write): WriteField {
  const first = `${JSON.stringify(name)}:`
  const further = `,${first}`
  return (reader, object) => {
    const value = write(reader)
    return value === undefined ? object : object + (object.length === 1 ? first : further) + value
  }
}

function objectOf(entries: ReadonlyMap<string, string | undefined>): string {
  let object = '{'
  for (const [key, value] of entries) {
    if (value !== undefined) object += `${object.length === 1 ? '' : ','}${key}:${value}`
  }
  return object + '}'
}

function tooLong(): BadRecordError {
  return new BadRecordError('over_limit', `a text of more than ${jsonLengthMax} characters`)
}
