import {
  type ArrayNode,
  type AvroField,
  type AvroNode,
  type MapNode,
  minWidthOf,
  type RecordNode,
  type UnionNode,
} from '../schema/avro-schema.js'
import type { PathNode } from '../schema/leaf-tree.js'
import { AvroSink } from './avro-sink.js'
import { blankOf } from './blank-value.js'
import { defaultForm } from './default-form.js'
import { entriesOf, isRecord, lengthOf, memberOf, namesOf, reading } from './foreign-value.js'
import { behind, InvalidEntityError, withoutValue } from './invalid-entity.js'
import { invalid } from './invalid.js'
import { writeString } from './service-form.js'
import { firstThatFits } from './union-writer.js'
import type { ValueForm, WriteValue } from './value-form.js'

/**
 * Enters: a value in one of the forms. Leaves: bytes of which clients see exactly that value. A missing member gets its default, or null
 * where that is allowed. A value that would have to be rounded, cut or guessed is an InvalidEntityError with its path.
 */
export function avroWriterOf(record: RecordNode, form: ValueForm): WriteValue {
  return new WriterCompiler(form).writerOf(record, form.view?.root)
}

/** Undefined where the place is deeper than is shown, or where it is not known what is shown. */
type At = PathNode | undefined

class WriterCompiler {
  private readonly records = new Map<RecordNode, Map<At, WriteValue>>()
  private readonly defaults: DefaultValues

  constructor(
    private readonly form: ValueForm,
    defaults?: DefaultValues,
  ) {
    this.defaults = defaults ?? new DefaultValues()
  }

  writerOf(node: AvroNode, place: At): WriteValue {
    const write = this.untaggedWriterOf(node, place)
    const careful = (node.tags?.length ?? 0) === 0 ? write : discreet(write)
    const blank = this.blankOf(node, place)
    return blank === undefined ? careful : orBlank(careful, blank, this.form.view!.hides(node, place))
  }

  private blankOf(node: AvroNode, place: At): Buffer | undefined {
    return this.form.view && blankOf(node, place, this.form.view)
  }

  private untaggedWriterOf(node: AvroNode, place: At): WriteValue {
    switch (node.kind) {
      case 'record':
        return this.recordWriter(node, place)
      case 'array':
        return this.arrayWriter(node, place)
      case 'map':
        return this.mapWriter(node, place)
      case 'union':
        return this.unionWriter(node, place)
      default:
        return this.form.scalarWriterOf(node)
    }
  }

  private recordWriter(node: RecordNode, place: At): WriteValue {
    const known = this.records.get(node) ?? new Map<At, WriteValue>()
    this.records.set(node, known)
    const fields = new Map<string, WriteValue>()
    const writer = known.get(place) ?? recordWriterOf(node, fields, this.form)
    if (known.has(place)) return writer
    known.set(place, writer) // Before its fields, which may refer to it.
    for (const field of node.fields) fields.set(field.name, this.fieldWriter(field, place?.children.get(field.name)))
    return writer
  }

  private fieldWriter(field: AvroField, place: At): WriteValue {
    const write = this.writerOf(field.type, place)
    const isHidden = this.blankOf(field.type, place) !== undefined
    const writeMissing: WriteValue = (sink, value, latitude) => {
      const standard = latitude === 'any' && !isHidden ? this.defaults.defaultBytes(field) : undefined
      if (standard !== undefined) sink.raw(standard)
      else if (isHidden || (latitude === 'any' && takesNull(field.type))) write(sink, value, latitude)
      else throw invalid('a value', value)
    }
    const either: WriteValue = (sink, value, latitude) => (value === undefined ? writeMissing : write)(sink, value, latitude)
    return field.tags.length === 0 ? either : discreet(either)
  }

  private arrayWriter({ items }: ArrayNode, place: At): WriteValue {
    const writeItem = this.writerOf(items, place)
    const width = minWidthOf(items)
    return (sink, value, latitude) => {
      const count = lengthOf(value)
      if (count === undefined) throw invalid('an array', value)
      const values = value as readonly unknown[]
      const write = (index: number) =>
        writeItem(
          sink,
          reading(() => values[index]),
          latitude,
        )
      writeBlock(sink, { count, width }, write, (index) => `[${index}]`)
    }
  }

  private mapWriter({ values }: MapNode, place: At): WriteValue {
    const writeItem = this.writerOf(values, place)
    const width = 1 + minWidthOf(values)
    return (sink, value, latitude) => {
      const entries = entriesOf(value)
      if (entries === undefined) throw invalid('a plain object or a Map', value)
      const write = (index: number) => {
        const [key, read] = entries[index]!
        writeString(sink, key, latitude)
        writeItem(sink, read(), latitude)
      }
      writeBlock(sink, { count: entries.length, width }, write, (index) => `[${keyText(entries[index]![0])}]`)
    }
  }

  /** Branches that clients do not see are tried last, as they accept a missing value. */
  private unionWriter({ branches }: UnionNode, place: At): WriteValue {
    const nothing = branches.findIndex(({ kind }) => kind === 'null')
    const others = branches
      .map((branch, index) => ({ index, write: this.writerOf(branch, place), isHidden: this.blankOf(branch, place) !== undefined }))
      .filter(({ index }) => index !== nothing)
      .sort((one, other) => Number(one.isHidden) - Number(other.isHidden))
    const [only, ...further] = others
    const writeOther = firstThatFits(others, `one of ${branches.map(({ kind }) => kind).join(', ')}`)
    return (sink, value, latitude) => {
      if (nothing !== -1 && (value === null || value === undefined)) return sink.long(nothing)
      if (only === undefined || further.length > 0) return writeOther(sink, value, latitude)
      sink.long(only.index)
      only.write(sink, value, latitude)
    }
  }
}

/** The bytes of the schema's defaults for missing fields. A default that is not a value of its type counts as none. */
class DefaultValues {
  private readonly compiler = new WriterCompiler(defaultForm, this)
  private readonly known = new Map<AvroField, Buffer | undefined>()

  defaultBytes(field: AvroField): Buffer | undefined {
    if (field.default === undefined || this.known.has(field)) return this.known.get(field)
    this.known.set(field, undefined) // A record whose default needs its own default has none.
    const sink = new AvroSink()
    try {
      this.compiler.writerOf(field.type, undefined)(sink, field.default.value, 'any')
    } catch (error) {
      if (error instanceof InvalidEntityError) return undefined
      throw error
    }
    this.known.set(field, sink.written())
    return this.known.get(field)
  }
}

function recordWriterOf({ name }: RecordNode, fields: ReadonlyMap<string, WriteValue>, form: ValueForm): WriteValue {
  return (sink, value, latitude) => {
    if (!isRecord(value, fields.keys())) throw invalid(`an object (${name})`, value)
    if (form.isClosed || latitude !== 'any') refuseUnknown(value, fields, name, form)
    sink.enter()
    for (const [field, write] of fields) {
      try {
        write(sink, memberOf(value, field), latitude)
      } catch (error) {
        throw behind(field, error)
      }
    }
    sink.leave()
  }
}

function refuseUnknown(value: object, fields: ReadonlyMap<string, unknown>, name: string, { view }: ValueForm): void {
  const unknown = namesOf(value).find((member) => !fields.has(member) && memberOf(value, member) !== undefined)
  if (unknown === undefined) return
  const error = invalid(`left out, as ${name} has no such field`, memberOf(value, unknown))
  // A misspelt name may be that of a field under a tag; what clients see anyway is no secret.
  throw behind(stepTo(unknown), view === undefined ? withoutValue(error) : error)
}

/** The members of an object from outside may have names of any length. */
const nameCharactersMax = 64

function stepTo(member: string): string {
  if (/^[\w$-]+$/.test(member) && member.length <= nameCharactersMax) return member
  return `[${JSON.stringify(member.slice(0, nameCharactersMax))}]`
}

/** Keeps a value that does not fit out of the error, which names only its kind. */
function discreet(write: WriteValue): WriteValue {
  return (sink, value, latitude) => {
    try {
      write(sink, value, latitude)
    } catch (error) {
      throw withoutValue(error)
    }
  }
}

/** Lets a value be missing that clients do not see; within an array they see null. */
function orBlank(write: WriteValue, blank: Buffer, isHidden: boolean): WriteValue {
  return (sink, value, latitude) => {
    if (value === undefined || (isHidden && value === null)) sink.raw(blank)
    else write(sink, value, latitude)
  }
}

/** Writes the items as one block, if there are any, and the end. */
function writeBlock(
  sink: AvroSink,
  { count, width }: { readonly count: number; readonly width: number },
  writeItem: (index: number) => void,
  stepTo: (index: number) => string,
): void {
  sink.enter()
  sink.count(count, width)
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

function takesNull(type: AvroNode): boolean {
  return type.kind === 'null' || (type.kind === 'union' && type.branches.some(({ kind }) => kind === 'null'))
}

/** Keys of a Map may be anything. */
function keyText(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : `a ${typeof key}`
}
