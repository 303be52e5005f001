import type { PathKinds, ValueKind } from '../entity-schema.js'
import { groupedBy } from '#grouped-by.js'
import type { AvroNode, RecordNode, ScalarNode } from './avro-schema.js'

/** One end of a path: the type of the field there, and whether an array or a map lies before it. */
interface PathEnd {
  readonly type: AvroNode
  readonly throughList: boolean
}

/**
 * Where a path leads in a record, whether to a leaf or not. It leads through unions, and through one array or map a step, as conditions
 * follow it; the items of an array directly within another have no path. There is one end for each way through unions of records.
 */
function endsOf(record: RecordNode, path: string): readonly PathEnd[] {
  let reached: readonly PathEnd[] = [{ type: record, throughList: false }]
  for (const name of path.split('.')) {
    const records = distinct(reached.flatMap(recordsIn))
    reached = records.flatMap(({ type, throughList }) => (fieldTypes(type).get(name) ?? []).map((type) => ({ type, throughList })))
  }
  return reached
}

/** A record may have thousands of fields, and is asked for each of them. */
const typesByField = new WeakMap<RecordNode, ReadonlyMap<string, readonly AvroNode[]>>()

function fieldTypes(record: RecordNode): ReadonlyMap<string, readonly AvroNode[]> {
  let types = typesByField.get(record)
  if (types === undefined) {
    const groups = groupedBy(record.fields, ({ name, isMark }) => (isMark === true ? undefined : name))
    types = new Map([...groups].map(([name, fields]) => [name, fields.map(({ type }) => type)]))
    typesByField.set(record, types)
  }
  return types
}

interface ReachedRecord {
  readonly type: RecordNode
  readonly throughList: boolean
}

function recordsIn({ type, throughList }: PathEnd): ReachedRecord[] {
  if (type.kind === 'record') return [{ type, throughList }]
  if (type.kind === 'union') return type.branches.flatMap((branch) => recordsIn({ type: branch, throughList }))
  return elementsOf(type).flatMap((item) => (item.kind === 'record' ? [{ type: item, throughList: true }] : []))
}

/** Removes repeated records. Otherwise a union of records that hold the union again would double with each step. */
function distinct(records: readonly ReachedRecord[]): readonly ReachedRecord[] {
  const [plain, inLists] = [false, true].map(
    (through) => new Set(records.flatMap((one) => (one.throughList === through ? [one.type] : []))),
  )
  return [...[...plain!].map((type) => ({ type, throughList: false })), ...[...inLists!].map((type) => ({ type, throughList: true }))]
}

/** The types of an array's or a map's items, with unions opened; none for another type. */
function elementsOf(node: AvroNode): AvroNode[] {
  if (node.kind === 'array') return branchesOf(node.items)
  return node.kind === 'map' ? branchesOf(node.values) : []
}

function branchesOf(node: AvroNode): AvroNode[] {
  return node.kind === 'union' ? [...node.branches] : [node]
}

function isList({ kind }: AvroNode): boolean {
  return kind === 'array' || kind === 'map'
}

function isScalar(node: AvroNode): node is ScalarNode {
  return !isList(node) && node.kind !== 'record' && node.kind !== 'union'
}

/** The scalars that conditions compare at a path, null among them. */
export function scalarsAt(record: RecordNode, path: string): ScalarNode[] {
  const types = endsOf(record, path).flatMap(({ type }) => branchesOf(type))
  return types.flatMap((type) => [type, ...elementsOf(type)]).filter(isScalar)
}

/** Undefined where the path leads nowhere. */
export function pathKindsOf(record: RecordNode, path: string): PathKinds | undefined {
  const ends = endsOf(record, path)
  if (ends.length === 0) return undefined
  const types = ends.flatMap(({ type }) => branchesOf(type))
  return {
    kinds: new Set(scalarsAt(record, path).flatMap((scalar) => kindOf(scalar) ?? [])),
    throughList: ends.some(({ throughList }) => throughList),
    endsInList: types.some(isList),
    listsInList: types.flatMap(elementsOf).some(isList),
  }
}

/** The kind of value that `scalar-comparison.ts` reads; null has none. */
function kindOf(node: ScalarNode): ValueKind | undefined {
  switch (node.kind) {
    case 'null':
      return undefined
    case 'boolean':
      return 'boolean'
    case 'float':
    case 'double':
    case 'variable-decimal':
      return 'number'
    case 'int':
    case 'long':
      if (node.logical?.kind === 'date' || node.logical?.kind === 'timestamp') return 'instant'
      return node.logical?.kind === 'time' ? 'text' : 'number'
    case 'string':
      return node.logical?.kind === 'instant' ? 'instant' : 'text'
    case 'enum':
      return 'text'
    default:
      return node.logical?.kind === 'decimal' ? 'number' : 'text'
  }
}
