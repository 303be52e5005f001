import avsc from 'avsc'
import fc from 'fast-check'

/** A value as avsc writes it, with the JSON of it that clients are to see (see `src/avro/README.md`): worked out by the type alone, without our decoder. */
export interface AvscValue {
  readonly written: unknown
  readonly json: unknown
}

/** Beyond it records hold no more of themselves. */
const depthMax = 3

/** Values of a type without logical types. */
export function valuesOf(type: avsc.Type, depth = 0): fc.Arbitrary<AvscValue> {
  if (type instanceof avsc.types.RecordType) return recordsOf(type, depth)
  if (type instanceof avsc.types.WrappedUnionType) return branchesOf(type, depth)
  if (type instanceof avsc.types.ArrayType) return listsOf(type, depth)
  if (type instanceof avsc.types.MapType) return mapsOf(type, depth)
  if (type instanceof avsc.types.EnumType) return plain(fc.constantFrom(...type.symbols))
  if (type instanceof avsc.types.FixedType) return bytesOf(type.size, type.size)
  return primitives[type.typeName]!
}

const primitives: Readonly<Record<string, fc.Arbitrary<AvscValue>>> = {
  null: plain(fc.constant(null)),
  boolean: plain(fc.boolean()),
  int: plain(fc.integer()),
  // Twice it is what is written, and avsc works it out as a double; larger ones are those of avro-cases.ts.
  long: plain(fc.integer({ min: -(2 ** 52), max: 2 ** 52 })),
  float: plain(fc.constantFrom(0, 0.5, -1024)),
  double: fc
    .oneof({ weight: 5, arbitrary: fc.double() }, { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity) })
    .map((value) => ({ written: value, json: Number.isFinite(value) ? value + 0 : null })),
  string: plain(fc.string({ unit: 'grapheme' })),
  bytes: bytesOf(0, 8),
}

function plain(values: fc.Arbitrary<unknown>): fc.Arbitrary<AvscValue> {
  return values.map((value) => ({ written: value, json: value }))
}

function bytesOf(minLength: number, maxLength: number): fc.Arbitrary<AvscValue> {
  return fc.uint8Array({ minLength, maxLength }).map((all) => ({ written: Buffer.from(all), json: Buffer.from(all).toString('base64') }))
}

function recordsOf(type: avsc.types.RecordType, depth: number): fc.Arbitrary<AvscValue> {
  const fields = type.fields.map(({ name, type: of }) => valuesOf(of, depth + 1).map((value) => [name, value] as const))
  return fc.tuple(...fields).map((all) => ({ written: members(all, 'written'), json: members(all, 'json') }))
}

function branchesOf(type: avsc.types.WrappedUnionType, depth: number): fc.Arbitrary<AvscValue> {
  const branches = depth < depthMax ? type.types : type.types.filter(({ typeName }) => typeName === 'null')
  const ofBranch = (branch: avsc.Type): fc.Arbitrary<AvscValue> => {
    if (branch.typeName === 'null') return primitives['null']!
    return valuesOf(branch, depth + 1).map(({ written, json }) => ({ written: { [branch.branchName!]: written }, json }))
  }
  return fc.oneof(...(branches.length > 0 ? branches : type.types).map(ofBranch))
}

function listsOf(type: avsc.types.ArrayType, depth: number): fc.Arbitrary<AvscValue> {
  const items = depth < depthMax ? fc.array(valuesOf(type.itemsType, depth + 1), { maxLength: 3 }) : fc.constant([])
  return items.map((all) => ({ written: all.map(({ written }) => written), json: all.map(({ json }) => json) }))
}

function mapsOf(type: avsc.types.MapType, depth: number): fc.Arbitrary<AvscValue> {
  const entry = fc.tuple(fc.constantFrom('k', 'l', 'meta data'), valuesOf(type.valuesType as avsc.Type, depth + 1))
  return fc
    .uniqueArray(entry, { selector: ([key]) => key, maxLength: 2 })
    .map((all) => ({ written: members(all, 'written'), json: members(all, 'json') }))
}

function members(all: readonly (readonly [string, AvscValue])[], part: keyof AvscValue): object {
  return Object.fromEntries(all.map(([name, value]) => [name, value[part]]))
}
