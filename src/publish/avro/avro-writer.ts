import type { ArrayNode, AvroNode, MapNode, RecordNode, UnionNode } from '../../decode/avro/avro-schema.js'
import type { AvroSink } from './avro-sink.js'
import { behind, invalid, InvalidEntityError, withoutValue } from './invalid-entity.js'
import { type Latitude, scalarWriterOf, writeString, type WriteValue } from './scalar-writer.js'

/**
 * What enters: a value as a service holds it. What leaves: its bytes, of which clients see just that value (README, 'Publishing from a
 * service'). Whatever would have to be rounded, cut or guessed is an InvalidEntityError with its path.
 */
export function avroWriterOf(root: AvroNode): WriteValue {
  return new WriterCompiler().writerOf(root)
}

class WriterCompiler {
  private readonly records = new Map<RecordNode, WriteValue>()

  writerOf(node: AvroNode): WriteValue {
    const write = this.untaggedWriterOf(node)
    return (node.tags?.length ?? 0) === 0 ? write : discreet(write)
  }

  private untaggedWriterOf(node: AvroNode): WriteValue {
    switch (node.kind) {
      case 'record':
        return this.recordWriter(node)
      case 'array':
        return this.arrayWriter(node)
      case 'map':
        return this.mapWriter(node)
      case 'union':
        return this.unionWriter(node)
      default:
        return scalarWriterOf(node)
    }
  }

  private recordWriter(node: RecordNode): WriteValue {
    const known = this.records.get(node)
    if (known !== undefined) return known
    const fields: RecordField[] = []
    const writer = recordWriterOf(node, fields)
    this.records.set(node, writer) // Before its fields, which may refer to it.
    for (const { name, type, tags } of node.fields) {
      const write = this.writerOf(type)
      fields.push({ name, write: tags.length === 0 ? write : discreet(write), mayBeMissing: takesNull(type) })
    }
    return writer
  }

  private arrayWriter({ items }: ArrayNode): WriteValue {
    const writeItem = this.writerOf(items)
    return (sink, value, latitude) => {
      if (!Array.isArray(value)) throw invalid('an array', value)
      const values: readonly unknown[] = value
      const steps = (index: number) => `[${index}]`
      writeBlock(sink, values.length, (index) => writeItem(sink, values[index], latitude), steps)
    }
  }

  private mapWriter({ values }: MapNode): WriteValue {
    const writeItem = this.writerOf(values)
    return (sink, value, latitude) => {
      const entries = entriesOf(value)
      if (entries === undefined) throw invalid('an object or a Map', value)
      const writeEntry = (index: number) => {
        writeString(sink, entries[index]![0], latitude)
        writeItem(sink, entries[index]![1], latitude)
      }
      writeBlock(sink, entries.length, writeEntry, (index) => `[${JSON.stringify(entries[index]![0])}]`)
    }
  }

  private unionWriter({ branches }: UnionNode): WriteValue {
    const writers = branches.map((branch, index) => ({ index, write: this.writerOf(branch), isNull: branch.kind === 'null' }))
    const nothing = writers.find(({ isNull }) => isNull)
    const others = writers.filter(({ isNull }) => !isNull)
    const [only, ...further] = others
    const kinds = branches.map(({ kind }) => kind).join(', ')
    return (sink, value, latitude) => {
      if (nothing !== undefined && (value === null || value === undefined)) return sink.long(nothing.index)
      if (only === undefined || further.length > 0) return writeFirstThatFits(sink, value, others, { latitude, kinds })
      sink.long(only.index)
      only.write(sink, value, latitude)
    }
  }
}

interface RecordField {
  readonly name: string
  readonly write: WriteValue
  readonly mayBeMissing: boolean
}

function recordWriterOf({ name }: RecordNode, fields: readonly RecordField[]): WriteValue {
  return (sink, value, latitude) => {
    if (!isObject(value)) throw invalid(`an object (${name})`, value)
    if (latitude !== 'any' && Object.keys(value).some((member) => !fields.some((field) => field.name === member)))
      throw invalid(name, value)
    sink.enter()
    for (const field of fields) writeField(sink, field, memberOf(value, field.name), latitude)
    sink.leave()
  }
}

/** Names a value that does not fit by its kind alone. */
function discreet(write: WriteValue): WriteValue {
  return (sink, value, latitude) => {
    try {
      write(sink, value, latitude)
    } catch (error) {
      throw withoutValue(error)
    }
  }
}

function writeField(sink: AvroSink, { name, write, mayBeMissing }: RecordField, value: unknown, latitude: Latitude): void {
  try {
    if (value === undefined && (latitude !== 'any' || !mayBeMissing)) throw invalid('a value', value)
    write(sink, value, latitude)
  } catch (error) {
    throw behind(name, error)
  }
}

/** One block of items, if there are any, and the end. */
function writeBlock(sink: AvroSink, count: number, writeItem: (index: number) => void, stepTo: (index: number) => string): void {
  sink.enter()
  if (count > 0) sink.long(count)
  for (let index = 0; index < count; index++) {
    try {
      writeItem(index)
    } catch (error) {
      throw behind(stepTo(index), error)
    }
  }
  sink.long(0)
  sink.leave()
}

interface Branch {
  readonly index: number
  readonly write: WriteValue
}

const latitudes: readonly Latitude[] = ['none', 'text', 'any']

/** The branch that needs to understand the least; of several, the first in the schema's order. */
function writeFirstThatFits(
  sink: AvroSink,
  value: unknown,
  branches: readonly Branch[],
  { latitude, kinds }: { latitude: Latitude; kinds: string },
): void {
  const mark = sink.mark()
  for (const tried of latitudes.slice(0, latitudes.indexOf(latitude) + 1)) {
    for (const { index, write } of branches) {
      try {
        sink.long(index)
        write(sink, value, tried)
        return
      } catch (error) {
        if (!(error instanceof InvalidEntityError)) throw error
        sink.backTo(mark)
      }
    }
  }
  throw invalid(`one of ${kinds}`, value)
}

function takesNull(type: AvroNode): boolean {
  return type.kind === 'null' || (type.kind === 'union' && type.branches.some(({ kind }) => kind === 'null'))
}

function isObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Date || value instanceof Uint8Array || value instanceof Map)
}

/** Also what a class's getters answer, but not what every object inherits. */
function memberOf(value: object, name: string): unknown {
  if (!Object.hasOwn(value, name) && name in Object.prototype) return undefined
  return (value as Record<string, unknown>)[name]
}

function entriesOf(value: unknown): (readonly [unknown, unknown])[] | undefined {
  if (value instanceof Map) return [...value]
  return isObject(value) ? Object.entries(value) : undefined
}
