import avsc from 'avsc'
import type { PlainKind } from './plain-comparison.js'

// Entities as tests build them: a type, a value of it, and what is to become of the value, said plainly and without the code under test.

/** A value of a scalar type in the three forms that tests need. */
export interface Sample {
  /** As avsc encodes it. */
  readonly avro: unknown
  /** Its JSON text, as clients get it. */
  readonly json: string
  /** As plain CASL compares it: see `compareForCasl`. */
  readonly plain: null | boolean | string | symbol
  /** What somebody might write in a policy to hit it, or nearly. */
  readonly literals: readonly (null | boolean | number | string)[]
  /** Whether no condition can be decided on it. */
  readonly isUndecidable?: boolean
}

/** `confluent:tags` may stand on a type as well as on a field. */
interface Tagged {
  readonly tags?: readonly string[]
}

export interface ScalarType extends Tagged {
  readonly kind: 'scalar'
  readonly schema: string | Readonly<Record<string, unknown>>
  /** What its values are to conditions. */
  readonly compares: PlainKind
  readonly samples: readonly Sample[]
}
export interface ModelField {
  readonly name: string
  readonly type: ModelType
  readonly tags: readonly string[]
}
export interface RecordType extends Tagged {
  readonly kind: 'record'
  readonly fields: readonly ModelField[]
}
export interface UnionType {
  readonly kind: 'union'
  readonly branches: readonly ModelType[]
}
export type ModelType =
  | ScalarType
  | RecordType
  | UnionType
  | { readonly kind: 'null' }
  | (Tagged & { readonly kind: 'array'; readonly items: ModelType })
  | (Tagged & { readonly kind: 'map'; readonly values: ModelType })

export type ModelValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'scalar'; readonly sample: Sample }
  | { readonly kind: 'record'; readonly fields: readonly ModelValue[] }
  | { readonly kind: 'array'; readonly items: readonly ModelValue[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, ModelValue])[] }
  | { readonly kind: 'union'; readonly branch: number; readonly value: ModelValue }

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Every leaf with its tags, each path once. */
export function leavesOf(type: ModelType, path = '', outer: readonly string[] = []): Map<string, Set<string>> {
  if (type.kind === 'null') return new Map()
  const tags = 'tags' in type ? [...outer, ...(type.tags ?? [])] : outer
  if (type.kind === 'scalar') return new Map([[path, new Set(tags)]])
  if (type.kind === 'array') return leavesOf(type.items, path, tags)
  if (type.kind === 'map') return leavesOf(type.values, path, tags)
  const parts =
    type.kind === 'union'
      ? type.branches.map((branch) => leavesOf(branch, path, tags))
      : type.fields.map((field) => leavesOf(field.type, join(path, field.name), [...tags, ...field.tags]))
  const all = new Map<string, Set<string>>()
  for (const [leaf, own] of parts.flatMap((part) => [...part])) all.set(leaf, new Set([...(all.get(leaf) ?? []), ...own]))
  return all
}

/**
 * Records and enums are named by where they stand, and where avsc is to encode by it, what has a name of its own too: it takes no name twice.
 */
export function avroSchemaOf(type: ModelType, name: string, isForAvsc = false): unknown {
  if (type.kind === 'null') return 'null'
  if (type.kind === 'array') return tagged(type, { type: 'array', items: avroSchemaOf(type.items, `${name}_i`, isForAvsc) })
  if (type.kind === 'map') return tagged(type, { type: 'map', values: avroSchemaOf(type.values, `${name}_v`, isForAvsc) })
  if (type.kind === 'union') return type.branches.map((branch, index) => avroSchemaOf(branch, `${name}_${index}`, isForAvsc))
  if (type.kind === 'scalar')
    return tagged(
      type,
      isEnum(type) || (isForAvsc && isNamed(type)) ? { ...(type.schema as object), name, namespace: undefined } : type.schema,
    )
  const fields = type.fields.map((field) =>
    tagged(field, { name: field.name, type: avroSchemaOf(field.type, `${name}_${field.name}`, isForAvsc) }),
  )
  return tagged(type, { type: 'record', name, fields })
}

function tagged({ tags = [] }: Tagged, schema: string | object): string | object {
  if (tags.length === 0) return schema
  return { ...(typeof schema === 'string' ? { type: schema } : schema), 'confluent:tags': tags }
}

function isNamed({ schema }: ScalarType): boolean {
  return typeof schema === 'object' && 'name' in schema
}

function isEnum({ schema }: ScalarType): boolean {
  return typeof schema === 'object' && schema['type'] === 'enum'
}

const bigintLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
})

/** The bytes that avsc makes of the value. Logical types and tags change nothing in them; with them it would not take the long type above. */
export function encode(type: ModelType, value: ModelValue, name: string): Buffer {
  let encoder = encoders.get(type)
  if (encoder === undefined) encoders.set(type, (encoder = encoderOf(type, name)))
  return encoder.toBuffer(toAvro(type, value, name))
}

/** A type is always called the same. */
const encoders = new WeakMap<ModelType, avsc.Type>()

function encoderOf(type: ModelType, name: string): avsc.Type {
  const schema = JSON.parse(JSON.stringify(avroSchemaOf(type, name, true)), (_name, part: unknown) => bare(part)) as avsc.Schema
  return avsc.Type.forSchema(schema, { registry: { long: bigintLong }, wrapUnions: 'always' })
}

const attributed = new Set(['string', 'boolean', 'int', 'long', 'double', 'bytes'])

/** Of a primitive type with attributes its name alone; fields have attributes of the same shape, but a name of their own. */
function bare(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || !('type' in schema) || 'name' in schema) return schema
  return attributed.has(String(schema.type)) ? schema.type : schema
}

function toAvro(type: ModelType, value: ModelValue, name: string): unknown {
  if (type.kind === 'record' && value.kind === 'record') {
    return Object.fromEntries(type.fields.map((field, i) => [field.name, toAvro(field.type, value.fields[i]!, `${name}_${field.name}`)]))
  }
  if (type.kind === 'array' && value.kind === 'array') return value.items.map((item) => toAvro(type.items, item, `${name}_i`))
  if (type.kind === 'map' && value.kind === 'map') {
    return Object.fromEntries(value.entries.map(([key, item]) => [key, toAvro(type.values, item, `${name}_v`)]))
  }
  if (type.kind === 'union' && value.kind === 'union') {
    const branch = type.branches[value.branch]!
    const branchName = `${name}_${value.branch}`
    return branch.kind === 'null' ? null : { [branchKey(branch, branchName)]: toAvro(branch, value.value, branchName) }
  }
  return value.kind === 'scalar' ? value.sample.avro : null
}

function branchKey(type: ModelType, name: string): string {
  if (type.kind !== 'scalar') return type.kind === 'record' ? name : type.kind
  if (isEnum(type) || isNamed(type)) return name
  return typeof type.schema === 'string' ? type.schema : String(type.schema['type'])
}

/** All of the value as conditions see it, in what plain CASL understands. */
export function toPlain(type: ModelType, value: ModelValue): unknown {
  if (type.kind === 'record' && value.kind === 'record') {
    return Object.fromEntries(type.fields.map((field, i) => [field.name, toPlain(field.type, value.fields[i]!)]))
  }
  if (type.kind === 'array' && value.kind === 'array') return value.items.map((item) => toPlain(type.items, item))
  if (type.kind === 'map' && value.kind === 'map') return value.entries.map(([, item]) => toPlain(type.values, item))
  if (type.kind === 'union' && value.kind === 'union') return toPlain(type.branches[value.branch]!, value.value)
  return value.kind === 'scalar' ? value.sample.plain : null
}

/** What is permitted, as conditions see it; undefined where nothing of the value is. */
export function toShownPlain(type: ModelType, value: ModelValue, permitted: readonly string[], path = '', unavailable?: string): unknown {
  if (!isVisible(type, permitted, path) || isLeftOut(type, value, permitted, path, unavailable)) return undefined
  if (type.kind === 'record' && value.kind === 'record') {
    const members = type.fields.map((field, i) => {
      const at = join(path, field.name)
      return [field.name, toShownPlain(field.type, value.fields[i]!, permitted, at, unavailable)] as const
    })
    return Object.fromEntries(members.filter(([, member]) => member !== undefined))
  }
  if (type.kind === 'array' && value.kind === 'array')
    return value.items.map((item) => toShownPlain(type.items, item, permitted, path, unavailable) ?? null)
  if (type.kind === 'map' && value.kind === 'map') {
    const entries = value.entries.map(([, item]) => toShownPlain(type.values, item, permitted, path, unavailable))
    return entries.filter((entry) => entry !== undefined)
  }
  if (type.kind === 'union' && value.kind === 'union')
    return toShownPlain(type.branches[value.branch]!, value.value, permitted, path, unavailable)
  if (value.kind !== 'scalar') return null
  // What cannot be compared as its kind is the text that is shown.
  return value.sample.isUndecidable === true ? (JSON.parse(value.sample.json) as unknown) : value.sample.plain
}

/** The JSON text of what is permitted; undefined where nothing of the value is. */
export function toText(
  type: ModelType,
  value: ModelValue,
  permitted: readonly string[],
  path = '',
  unavailable?: string,
): string | undefined {
  if (!isVisible(type, permitted, path) || isLeftOut(type, value, permitted, path, unavailable)) return undefined
  if (type.kind === 'record' && value.kind === 'record') {
    const members = type.fields.map((field, i) => {
      const text = toText(field.type, value.fields[i]!, permitted, join(path, field.name), unavailable)
      return text && `${JSON.stringify(field.name)}:${text}`
    })
    return `{${members.filter((member) => member !== undefined).join()}}`
  }
  if (type.kind === 'array' && value.kind === 'array') {
    return `[${value.items.map((item) => toText(type.items, item, permitted, path, unavailable) ?? 'null').join()}]`
  }
  if (type.kind === 'map' && value.kind === 'map') {
    const entries = value.entries.map(([key, item]) => [key, toText(type.values, item, permitted, path, unavailable)] as const)
    const shown = entries.filter(([, text]) => text !== undefined)
    return `{${shown.map(([key, text]) => `${JSON.stringify(key)}:${text ?? ''}`).join()}}`
  }
  if (type.kind === 'union' && value.kind === 'union')
    return toText(type.branches[value.branch]!, value.value, permitted, path, unavailable)
  return value.kind === 'scalar' ? value.sample.json : 'null'
}

/** What a connector left out is no value: neither the text that stands for it, nor a list of nothing else. */
function isLeftOut(type: ModelType, value: ModelValue, permitted: readonly string[], path: string, unavailable?: string): boolean {
  if (unavailable === undefined) return false
  const isOut = (inner: ModelType, item: ModelValue) => isLeftOut(inner, item, permitted, path, unavailable)
  if (type.kind === 'union' && value.kind === 'union') return isOut(type.branches[value.branch]!, value.value)
  if (type.kind === 'array' && value.kind === 'array') return value.items.length > 0 && value.items.every((item) => isOut(type.items, item))
  if (type.kind === 'map' && value.kind === 'map')
    return value.entries.length > 0 && value.entries.every(([, item]) => isOut(type.values, item))
  return value.kind === 'scalar' && permitted.includes(path) && isPlaceholder(value.sample, unavailable)
}

/** The text itself, its bytes, or the UUID made of them. */
export function isPlaceholder({ avro }: Sample, unavailable: string): boolean {
  return avro === unavailable || avro === unavailableUuids[unavailable] || (Buffer.isBuffer(avro) && avro.equals(Buffer.from(unavailable)))
}

/** As Java's `UUID.nameUUIDFromBytes` has made them. */
const unavailableUuids: Readonly<Record<string, string>> = { __unavailable: '73d454eb-d673-3983-a065-cb98c7dd003f' }

/** A container shows when a leaf under it is permitted; null says of a path that nothing is there. */
function isVisible(type: ModelType, permitted: readonly string[], path: string): boolean {
  if (type.kind === 'scalar') return permitted.includes(path)
  if (type.kind === 'null') return permitted.some((leaf) => leaf === path || leaf.startsWith(`${path}.`))
  if (type.kind === 'array') return isVisible(type.items, permitted, path)
  if (type.kind === 'map') return isVisible(type.values, permitted, path)
  if (type.kind === 'union') return type.branches.some((branch) => isVisible(branch, permitted, path))
  return type.fields.some((field) => isVisible(field.type, permitted, join(path, field.name)))
}

/** Every path that leads somewhere, to a leaf or to a container, with the literals that occur there, and whether a list lies on it. */
export function literalsAt(type: ModelType, value: ModelValue, path = '', onList = false): Occurrence[] {
  const here: Occurrence[] = path === '' ? [] : [[path, [null], onList]]
  if (type.kind === 'record' && value.kind === 'record') {
    return [...here, ...type.fields.flatMap((field, i) => literalsAt(field.type, value.fields[i]!, join(path, field.name), onList))]
  }
  if (type.kind === 'array' && value.kind === 'array')
    return [...here, ...value.items.slice(0, 3).flatMap((item) => literalsAt(type.items, item, path, true))]
  if (type.kind === 'map' && value.kind === 'map')
    return [...here, ...value.entries.flatMap(([, item]) => literalsAt(type.values, item, path, true))]
  if (type.kind === 'union' && value.kind === 'union') return literalsAt(type.branches[value.branch]!, value.value, path, onList)
  return value.kind === 'scalar' ? [[path, value.sample.literals, onList]] : here
}

type Occurrence = readonly [path: string, literals: readonly (null | boolean | number | string)[], onList: boolean]
