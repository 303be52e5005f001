/** The slow and plain oracle of decoding: from a value that was written to the leaves, the JSON text and the comparison form of it. */
import { Exact } from '#avro/decimal.js'
import type { ComparisonValue } from '#avro/entity-schema.js'
import { Instant } from '#avro/instant.js'
import type { Branch } from './avro-cases.js'
import { type AvroJson, type AvroObject, type NamedTypes, resolve } from './avro-cases.js'

/** How often each record type lies on the path so far. */
type OnPath = ReadonlyMap<string, number>

/** Paths of the leaves of a type that stands at `path`, each once. */
export function plainLeaves(schema: AvroJson, types: NamedTypes, path = '', onPath: OnPath = new Map()): string[] {
  const type = resolve(schema, types)
  if (Array.isArray(type)) {
    const open = type.length === 1 ? type : type.filter((branch) => branch !== 'null')
    return [...new Set(open.flatMap((branch) => plainLeaves(branch, types, path, onPath)))]
  }
  if (type.type === 'array') return plainLeaves(type.items!, types, path, onPath)
  if (type.type === 'map') return plainLeaves(type.values!, types, path, onPath)
  if (type.type !== 'record') return [path]
  if (onPath.get(type.name!) === 4) return []
  const inner = within(onPath, type.name!)
  return [...new Set(type.fields!.flatMap((field) => plainLeaves(field.type, types, below(path, field.name), inner)))]
}

export interface Place {
  readonly types: NamedTypes
  readonly permitted: ReadonlySet<string>
  readonly path: string
}

/** The JSON text of what is permitted of a value; undefined where all of it is hidden. */
function plainJson(schema: AvroJson, value: unknown, place: Place): string | undefined {
  const type = resolve(schema, place.types)
  if (Array.isArray(type)) return branchJson(type, value as Branch, place)
  if (!shows(type, place)) return undefined
  if (type.type === 'array') return `[${(value as unknown[]).map((item) => plainJson(type.items!, item, place) ?? 'null').join()}]`
  if (type.type === 'map') {
    return objectJson([...(value as Map<string, unknown>)].map(([key, item]) => [key, plainJson(type.values!, item, place)]))
  }
  return type.type === 'record' ? plainRecordJson(type, value, place) : scalarJson(type, value)
}

export function plainRecordJson(type: AvroObject, value: unknown, place: Place): string {
  const members = value as Record<string, unknown>
  return objectJson(type.fields!.map(({ name, type: field }) => [name, plainJson(field, members[name], child(place, name))]))
}

/** The comparison form of what the paths lead to. */
function plainComparison(schema: AvroJson, value: unknown, types: NamedTypes, paths: readonly string[]): ComparisonValue {
  const type = resolve(schema, types)
  if (Array.isArray(type)) {
    const { index, value: inner } = value as Branch
    return plainComparison(type[index]!, inner, types, paths)
  }
  if (type.type === 'array') return (value as unknown[]).map((item) => plainComparison(type.items!, item, types, paths))
  if (type.type === 'map')
    return [...(value as Map<string, unknown>).values()].map((item) => plainComparison(type.values!, item, types, paths))
  return type.type === 'record' ? plainRecordComparison(type, value, types, paths) : scalarComparison(type, value)
}

export function plainRecordComparison(
  type: AvroObject,
  value: unknown,
  types: NamedTypes,
  paths: readonly string[],
): Record<string, ComparisonValue> {
  const members = value as Record<string, unknown>
  const entries = type.fields!.flatMap(({ name, type: field }): [string, ComparisonValue][] => {
    const steps = paths.map((path) => path.split('.')).filter(([first]) => first === name)
    const further = steps.filter(({ length }) => length > 1).map(([, ...rest]) => rest.join('.'))
    return steps.length === 0 ? [] : [[name, plainComparison(field, members[name], types, further)]]
  })
  return Object.fromEntries(entries)
}

const pathsMax = 200

/** The shortest paths of a record that lead to something. */
export function plainPaths(record: AvroObject, types: NamedTypes): string[] {
  const paths = new Set<string>()
  let reached: [path: string, type: AvroObject][] = [['', record]]
  while (reached.length > 0 && paths.size < pathsMax) {
    const fields = reached.flatMap(([path, { fields: all }]) => all!.map(({ name, type }) => [below(path, name), type] as const))
    for (const [path] of fields) paths.add(path)
    reached = fields
      .flatMap(([path, type]) => recordsIn(type, types).map((inner): [string, AvroObject] => [path, inner]))
      .slice(0, pathsMax)
  }
  return [...paths].slice(0, pathsMax)
}

function recordsIn(schema: AvroJson, types: NamedTypes): AvroObject[] {
  const type = resolve(schema, types)
  if (Array.isArray(type)) return type.flatMap((branch) => recordsIn(branch, types))
  if (type.type === 'array') return recordsIn(type.items!, types)
  if (type.type === 'map') return recordsIn(type.values!, types)
  return type.type === 'record' ? [type] : []
}

function branchJson(branches: AvroJson[], { index, value }: Branch, place: Place): string | undefined {
  const branch = branches[index]!
  if (branch !== 'null' || branches.length === 1) return plainJson(branch, value, place)
  return isPermittedUnder(place) ? 'null' : undefined
}

/** Whether some leaf of a type is permitted, or what stands in the place of one may be told. */
function shows(schema: AvroJson, place: Place): boolean {
  const isNullable = Array.isArray(schema) && schema.length > 1 && schema.includes('null')
  return (isNullable && isPermittedUnder(place)) || hasPermitted(schema, place)
}

function hasPermitted(schema: AvroJson, place: Place): boolean {
  const type = resolve(schema, place.types)
  if (Array.isArray(type)) return type.some((branch) => (branch !== 'null' || type.length === 1) && hasPermitted(branch, place))
  if (type.type === 'array') return hasPermitted(type.items!, place)
  if (type.type === 'map') return hasPermitted(type.values!, place)
  if (type.type !== 'record') return place.permitted.has(place.path)
  return type.fields!.some(({ name, type: field }) => isPermittedUnder(child(place, name)) && shows(field, child(place, name)))
}

function isPermittedUnder({ permitted, path }: Place): boolean {
  return [...permitted].some((leaf) => leaf === path || leaf.startsWith(`${path}.`))
}

function child(place: Place, name: string): Place {
  return { ...place, path: below(place.path, name) }
}

function within(onPath: OnPath, name: string): OnPath {
  return new Map(onPath).set(name, (onPath.get(name) ?? 0) + 1)
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function objectJson(entries: [string, string | undefined][]): string {
  const shown = entries.filter(([, text]) => text !== undefined)
  return `{${shown.map(([name, text]) => `${JSON.stringify(name)}:${text ?? ''}`).join()}}`
}

function scalarJson(type: AvroObject, value: unknown): string {
  const comparison = scalarComparison(type, value)
  if (comparison instanceof Instant) return instantJson(comparison.nanoseconds, type.logicalType!)
  if (comparison instanceof Exact) return type.type === 'long' ? String(comparison.unscaled) : `"${decimal(comparison)}"`
  return JSON.stringify(comparison)
}

function decimal({ unscaled, scale }: Exact): string {
  const digits = String(unscaled)
    .replace('-', '')
    .padStart(scale + 1, '0')
  const point = digits.length - scale
  return (unscaled < 0n ? '-' : '') + digits.slice(0, point) + (scale === 0 ? '' : `.${digits.slice(point)}`)
}

function instantJson(nanoseconds: bigint, logicalType: string): string {
  const rest = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n
  const date = new Date(Number((nanoseconds - rest) / 1_000_000n))
  if (Number.isNaN(date.getTime())) return 'null'
  const [day, time] = date.toISOString().slice(0, -1).split('T')
  if (logicalType === 'date') return `"${day}"`
  const further = { millis: 0, micros: 3, nanos: 6 }[logicalType.split('-').at(-1)!]
  return `"${day}T${time}${String(rest).padStart(6, '0').slice(0, further)}${logicalType.startsWith('local') ? '' : 'Z'}"`
}

function scalarComparison(type: AvroObject, value: unknown): ComparisonValue {
  if (typeof value === 'bigint') return longComparison(type.logicalType, value)
  if (Buffer.isBuffer(value)) return bytesComparison(type, value)
  if (typeof value === 'number' && type.type === 'int') return intComparison(type.logicalType, value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return value as ComparisonValue
}

function intComparison(logicalType: string | undefined, value: number): ComparisonValue {
  if (logicalType === 'date') return new Instant(BigInt(value) * 86_400_000_000_000n)
  return logicalType === 'time-millis' ? timeOfDay(BigInt(value) * 1000n, 12) : value
}

function longComparison(logicalType: string | undefined, value: bigint): ComparisonValue {
  if (logicalType === 'time-micros') return timeOfDay(value, 15)
  if (logicalType?.endsWith('millis')) return new Instant(value * 1_000_000n)
  if (logicalType?.endsWith('micros')) return new Instant(value * 1000n)
  if (logicalType?.endsWith('nanos')) return new Instant(value)
  return BigInt(Number(value)) === value && value >= -(2n ** 53n) && value < 2n ** 53n ? Number(value) : new Exact(value, 0)
}

function timeOfDay(microseconds: bigint, length: number): string | null {
  if (microseconds < 0n || microseconds >= 86_400_000_000n) return null
  const time = new Date(Number(microseconds / 1000n)).toISOString().slice(11, 23)
  return (time + String(microseconds % 1000n).padStart(3, '0')).slice(0, length)
}

function bytesComparison(type: AvroObject, bytes: Buffer): ComparisonValue {
  if (type.logicalType === 'decimal' && type.precision! >= (type.scale ?? 0)) return new Exact(twosComplement(bytes), type.scale ?? 0)
  if (type.logicalType === 'uuid') return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  if (type.logicalType !== 'duration') return bytes.toString('base64')
  const [months, days, ms] = [0, 4, 8].map((at) => bytes.readUInt32LE(at)) as [number, number, number]
  const date = (months ? `${months}M` : '') + (days ? `${days}D` : '')
  return `P${date}${ms > 0 || date === '' ? `T${(ms / 1000).toFixed(3)}S` : ''}`
}

function twosComplement(bytes: Buffer): bigint {
  const unsigned = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return bytes.length > 0 && bytes[0]! >= 0x80 ? unsigned - 256n ** BigInt(bytes.length) : unsigned
}
