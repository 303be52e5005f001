/**
 * An Avro schema as a tree, for reading values as they were written: names are resolved, and a recursive record refers to itself. Defaults
 * are for writers. Aliases and docs do not concern the bytes, and are only in the trees of `schema/model`.
 */
export type AvroNode = ScalarNode | ArrayNode | MapNode | UnionNode | RecordNode

/** `confluent:tags` may stand on any type, and concern all leaves of it. */
interface Tagged {
  readonly tags?: readonly string[]
}

/** A type that is not a container: each value of it is a leaf. */
export type ScalarNode = PrimitiveNode | FixedNode | EnumNode | VariableDecimalNode

export const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type Primitive = (typeof primitives)[number]

export function isPrimitive(name: unknown): name is Primitive {
  return (primitives as readonly unknown[]).includes(name)
}

export interface PrimitiveNode extends Tagged {
  readonly kind: Primitive
  readonly logical: LogicalType | undefined
}

export interface FixedNode extends Tagged {
  readonly kind: 'fixed'
  /** In bytes. */
  readonly size: number
  readonly logical: LogicalType | undefined
}

export interface EnumNode extends Tagged {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
}

/** A decimal with its scale beside it: an int, then the unscaled bytes. In Avro it is a record, and what is in it means nothing alone. */
export interface VariableDecimalNode extends Tagged {
  readonly kind: 'variable-decimal'
  readonly logical: undefined
}

export interface ArrayNode extends Tagged {
  readonly kind: 'array'
  readonly items: AvroNode
}

export interface MapNode extends Tagged {
  readonly kind: 'map'
  readonly values: AvroNode
}

export interface UnionNode extends Tagged {
  readonly kind: 'union'
  readonly branches: readonly AvroNode[]
}

export interface RecordNode {
  readonly kind: 'record'
  /** With its namespace. */
  readonly name: string
  readonly streamable: boolean
  readonly tags: readonly string[]
  readonly fields: readonly AvroField[]
}

export interface AvroField {
  readonly name: string
  readonly type: AvroNode
  readonly tags: readonly string[]
  /** The default of the schema, with integers beyond 2^53 as bigints. It is wrapped in an object, since null is a default too. */
  readonly default: { readonly value: unknown } | undefined
  /** It says something about the record and is no data of it: nobody is shown it, and no rule can name it. */
  readonly isMark?: boolean
}

/** Decimal digits of a second's fraction: milliseconds, microseconds, nanoseconds. */
export type FractionDigits = 3 | 6 | 9

export type LogicalType =
  | { readonly kind: 'date' }
  | {
      readonly kind: 'time'
      readonly digits: FractionDigits
      /** MySQL's type TIME holds spans too, longer than a day or below zero. */
      readonly mayBeSpan?: boolean
    }
  | { readonly kind: 'timestamp'; readonly digits: FractionDigits; readonly local: boolean }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'duration' }
  | { readonly kind: 'uuid' }
  /** A text that names an instant by ISO 8601. */
  | { readonly kind: 'instant' }

const minWidths = {
  null: 0,
  boolean: 1,
  int: 1,
  long: 1,
  float: 4,
  double: 8,
  bytes: 1,
  string: 1,
  enum: 1,
  array: 1,
  map: 1,
  union: 1,
  'variable-decimal': 2,
}
const recordWidths = new WeakMap<RecordNode, number>()

/** The fewest bytes that a value takes. A count of values is checked against it before any value is read. */
export function minWidthOf(node: AvroNode): number {
  if (node.kind === 'fixed') return node.size
  return node.kind === 'record' ? minWidthOfRecord(node) : minWidths[node.kind]
}

function minWidthOfRecord(record: RecordNode): number {
  const known = recordWidths.get(record)
  if (known !== undefined) return known
  recordWidths.set(record, 0) // A record that holds itself has no finite value at all; this only ends the walk.
  const width = record.fields.reduce((sum, field) => sum + minWidthOf(field.type), 0)
  recordWidths.set(record, width)
  return width
}
