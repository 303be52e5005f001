/** Generated Avro schemas with values of them, encoded by avsc; what decoding is tested against. */
import avsc from 'avsc'
import fc from 'fast-check'

export type AvroJson = string | AvroJson[] | AvroObject
export interface AvroObject {
  readonly type: string
  readonly name?: string
  readonly logicalType?: string
  readonly precision?: number
  readonly scale?: number
  readonly size?: number
  readonly symbols?: string[]
  readonly items?: AvroJson
  readonly values?: AvroJson
  readonly fields?: { name: string; type: AvroJson; 'confluent:tags'?: string[] }[]
  readonly streamable?: boolean
}

/** A record's schema and one value of it: longs as bigints, bytes as buffers, maps as `Map`, a union's value as `Branch`. */
export interface AvroCase {
  readonly schema: AvroObject
  readonly value: unknown
}

export class Branch {
  constructor(
    readonly index: number,
    readonly value: unknown,
  ) {}
}

const longType = avsc.types.LongType.__with(
  {
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer(value: bigint) {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(value)
      return bytes
    },
    fromJSON: BigInt,
    toJSON: Number,
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
  },
  false,
)

/** Encodes with avsc, whose union values are objects of one member, named after the branch. */
export function encode(schema: AvroJson, value: unknown): Buffer {
  const isLong = (type: unknown) => type === 'long' || (type as AvroObject).type === 'long'
  const typeHook = (type: unknown) => (isLong(type) ? longType : undefined)
  return avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: 'always', typeHook }).toBuffer(forAvsc(schema, value, namedTypes(schema)))
}

export type NamedTypes = ReadonlyMap<string, AvroObject>

export function namedTypes(schema: AvroJson, found = new Map<string, AvroObject>()): Map<string, AvroObject> {
  if (typeof schema === 'string') return found
  if (Array.isArray(schema)) schema.forEach((branch) => namedTypes(branch, found))
  else {
    if (schema.name !== undefined) found.set(schema.name, schema)
    for (const part of [schema.items, schema.values, ...(schema.fields ?? []).map((field) => field.type)]) if (part) namedTypes(part, found)
  }
  return found
}

export function resolve(schema: AvroJson, named: NamedTypes): AvroJson[] | AvroObject {
  if (typeof schema !== 'string') return schema
  return named.get(schema) ?? { type: schema }
}

function forAvsc(schema: AvroJson, value: unknown, named: NamedTypes): unknown {
  const type = resolve(schema, named)
  if (Array.isArray(type)) {
    const { index, value: inner } = value as Branch
    const branch = resolve(type[index]!, named) as AvroObject
    return branch.type === 'null' ? null : { [branch.name ?? branch.type]: forAvsc(branch, inner, named) }
  }
  if (type.type === 'array') return (value as unknown[]).map((item) => forAvsc(type.items!, item, named))
  if (type.type === 'map')
    return ownMembers([...(value as Map<string, unknown>)].map(([key, item]) => [key, forAvsc(type.values!, item, named)]))
  if (type.type !== 'record') return value
  const members = value as Record<string, unknown>
  return ownMembers(type.fields!.map((field) => [field.name, forAvsc(field.type, members[field.name], named)]))
}

function ownMembers(entries: [string, unknown][]): object {
  const object = {}
  for (const [name, value] of entries) Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
  return object
}

const bytes = (size: { minLength?: number; maxLength?: number }) => fc.uint8Array(size).map((array) => Buffer.from(array))
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('"', '\\', '\u2028', 'a'.repeat(100)),
)
const mapKey = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', '10', '9', '') },
)
const long = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 63n }).chain((bits) => fc.constantFrom(2n ** bits - 1n, -(2n ** bits))),
)
const year3000 = 32_503_680_000n

const scalars: readonly AvroJson[] = [
  ...['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'],
  { type: 'int', logicalType: 'date' },
  { type: 'int', logicalType: 'time-millis' },
  { type: 'string', logicalType: 'uuid' },
  { type: 'string', logicalType: 'date' },
  { type: 'int', logicalType: 'unheard-of' },
  ...['time-micros', 'timestamp-millis', 'timestamp-micros', 'timestamp-nanos'].map((logicalType) => ({ type: 'long', logicalType })),
  ...['local-timestamp-millis', 'local-timestamp-micros', 'local-timestamp-nanos'].map((logicalType) => ({ type: 'long', logicalType })),
  { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 4 },
  { type: 'bytes', logicalType: 'decimal', precision: 2, scale: 5 },
  { type: 'bytes', logicalType: 'decimal', precision: 9 },
]
const namedScalars: readonly AvroObject[] = [
  { type: 'enum', symbols: ['A', 'B', 'C'] },
  { type: 'fixed', size: 0 },
  { type: 'fixed', size: 5 },
  { type: 'fixed', size: 12, logicalType: 'duration' },
  { type: 'fixed', size: 16, logicalType: 'uuid' },
  { type: 'fixed', size: 9, logicalType: 'decimal', precision: 18, scale: 3 },
]
const fieldNames = ['a', 'b', 'c', 'd', '__proto__', 'constructor']

/** Records refer to those that enclose them, through something that ends the recursion. */
const trees = fc.letrec<{ type: AvroJson; record: AvroObject }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.constantFrom(...scalars) },
    { weight: 2, arbitrary: fc.constantFrom(...namedScalars) },
    { weight: 1, arbitrary: fc.constantFrom<AvroJson>(['null', '@'], { type: 'array', items: '@' }, { type: 'map', values: '@' }) },
    { weight: 2, arbitrary: tie('record') },
    { weight: 1, arbitrary: tie('type').map((items) => ({ type: 'array', items })) },
    { weight: 1, arbitrary: tie('type').map((values) => ({ type: 'map', values })) },
    { weight: 3, arbitrary: fc.array(tie('type'), { minLength: 1, maxLength: 4 }).map(unionOf) },
  ),
  record: fc
    .uniqueArray(fc.constantFrom(...fieldNames), { maxLength: 5 })
    .chain((names) => fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), type: tie('type') }))))
    .map((fields) => ({ type: 'record', fields })),
}))

/** A union holds each unnamed type once and no union. */
function unionOf(types: AvroJson[]): AvroJson[] {
  const kinds = new Set<string>()
  return types.flat().filter((type) => {
    const kind = typeof type === 'string' ? type : (type as AvroObject).type
    const isNew = ['record', 'enum', 'fixed'].includes(kind) || !kinds.has(kind)
    kinds.add(kind)
    return isNew
  })
}

/** Gives each named type its own name, and puts the enclosing record's in the place of `@`. */
function named(schema: AvroJson, enclosing: string, next: { number: number }): AvroJson {
  if (schema === '@') return enclosing
  if (typeof schema === 'string') return schema
  if (Array.isArray(schema)) return schema.map((branch) => named(branch, enclosing, next))
  if (schema.type === 'array') return { ...schema, items: named(schema.items!, enclosing, next) }
  if (schema.type === 'map') return { ...schema, values: named(schema.values!, enclosing, next) }
  if (!['record', 'enum', 'fixed'].includes(schema.type)) return schema
  const name = `T${next.number++}`
  const fields = schema.fields?.map((field) => ({ ...field, type: named(field.type, name, next) }))
  return { ...schema, name, ...(fields && { fields }) }
}

const schemas = trees.record.map((tree) => named(tree, '', { number: 0 }) as AvroObject)

export const avroCases: fc.Arbitrary<AvroCase> = schemas.chain((schema) =>
  valueOf(schema, namedTypes(schema), 0).map((value) => ({ schema, value })),
)

function valueOf(schema: AvroJson, types: NamedTypes, depth: number): fc.Arbitrary<unknown> {
  const type = resolve(schema, types)
  if (Array.isArray(type)) return branchOf(type, types, depth)
  const maxLength = depth > 5 ? 0 : 3
  if (type.type === 'record') {
    const fields = type.fields!.map((field) => valueOf(field.type, types, depth + 1))
    return fc.tuple(...fields).map((values) => ownMembers(type.fields!.map((field, i) => [field.name, values[i]])))
  }
  if (type.type === 'array') return maxLength === 0 ? fc.constant([]) : fc.array(valueOf(type.items!, types, depth + 1), { maxLength })
  if (type.type === 'map') {
    if (maxLength === 0) return fc.constant(new Map())
    return fc.array(fc.tuple(mapKey, valueOf(type.values!, types, depth + 1)), { maxLength }).map(mapInOrderOfObjects)
  }
  return scalarOf(type)
}

/** avsc writes a map's keys in the order of an object, numbers first. */
function mapInOrderOfObjects(entries: [string, unknown][]): Map<string, unknown> {
  return new Map(Object.entries(ownMembers(entries)))
}

function branchOf(branches: AvroJson[], types: NamedTypes, depth: number): fc.Arbitrary<Branch> {
  const indexes = branches.map((_, index) => index)
  const ends = indexes.filter((index) => branches[index] === 'null')
  const open = depth > 5 && ends.length > 0 ? ends : indexes
  return fc.constantFrom(...open).chain((index) => valueOf(branches[index]!, types, depth + 1).map((value) => new Branch(index, value)))
}

function scalarOf(type: AvroObject): fc.Arbitrary<unknown> {
  switch (type.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'int':
      return type.logicalType === 'time-millis' ? fc.oneof(fc.nat(86_399_999), fc.integer()) : fc.integer()
    case 'long':
      return longOf(type.logicalType)
    case 'float':
      return fc.float()
    case 'double':
      return fc.double()
    case 'string':
      return text
    case 'enum':
      return fc.constantFrom(...type.symbols!)
    case 'fixed':
      return bytes({ minLength: type.size!, maxLength: type.size! })
    default:
      return bytes({ maxLength: 20 })
  }
}

function longOf(logicalType: string | undefined): fc.Arbitrary<bigint> {
  const units = { millis: 1000n, micros: 1_000_000n, nanos: 1_000_000_000n }[logicalType?.split('-').at(-1) ?? '']
  if (units === undefined) return long
  if (logicalType === 'time-micros') return fc.oneof(fc.bigInt({ min: 0n, max: 86_399_999_999n }), long)
  const max = year3000 * units < 2n ** 63n ? year3000 * units : 2n ** 63n - 1n
  return fc.oneof({ weight: 3, arbitrary: fc.bigInt({ min: -max, max }) }, { weight: 1, arbitrary: long })
}
