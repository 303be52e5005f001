import type {
  ArrayNode,
  AvroField,
  EnumNode,
  FixedNode,
  MapNode,
  PrimitiveNode,
  RecordNode,
  UnionNode,
  VariableDecimalNode,
} from '#avro/schema/avro-schema.js'
import { fullName, namespaceOf, simpleName } from '#avro/schema/schema-name.js'
import type { SchemaWay } from '#avro/schema/definitions.js'
import { type Beside, type SchemaObject, SchemaReader } from '#avro/schema/schema-reader.js'
import type { EntityFile, WholeSchema } from '../files/schema-folder.js'

/** A schema as people wrote it: the tree by which bytes are read, with the place of each node and with what does not concern the bytes. */
export type SchemaType = ScalarType | ArrayType | MapType | UnionType | NamedType

export type NamedType = RecordType | EnumType | FixedType | VariableDecimalType

/** A place in a schema: its file and the path through the JSON. */
export interface SchemaPlace {
  readonly file: string
  readonly at: SchemaWay
}

interface Written {
  readonly place: SchemaPlace
  readonly doc: string | undefined
  /** The aliases; those of types have their namespaces. */
  readonly aliases: readonly string[]
}

interface Named extends Written {
  /** With its namespace. */
  readonly name: string
}

interface MaybeLogical {
  /** As people say it, such as `decimal(12, 2)` or `timestamp-millis`. Also set where the logical type is ignored. */
  readonly logicalText: string | undefined
}

export interface ScalarType extends PrimitiveNode, Written, MaybeLogical {}

export interface FixedType extends FixedNode, Named, MaybeLogical {}

export interface VariableDecimalType extends VariableDecimalNode, Named, MaybeLogical {}

export interface ArrayType extends ArrayNode, Written {
  readonly items: SchemaType
}

export interface MapType extends MapNode, Written {
  readonly values: SchemaType
}

export interface UnionType extends UnionNode, Written {
  readonly branches: readonly SchemaType[]
}

export interface EnumType extends EnumNode, Named {
  /** The symbol that a reader takes in place of one it does not know. */
  readonly fallback: string | undefined
}

export interface RecordType extends RecordNode, Named {
  readonly name: string
  readonly fields: readonly SchemaField[]
  /** Whether the record says that it is streamable, or that it is not. */
  readonly saysStreamable: boolean
}

export interface SchemaField extends AvroField, Written {
  readonly type: SchemaType
}

/** @param schema a schema that the gateway accepts (`schema-validity.ts`). */
export function schemaModelOf(schema: EntityFile): RecordType
export function schemaModelOf(schema: WholeSchema): NamedType
export function schemaModelOf({ file, schema, references }: WholeSchema): NamedType {
  const reader = new SchemaReader()
  for (const reference of references) reader.read(reference.schema, { beside: writtenIn(reference.file) })
  return reader.read(schema, { beside: writtenIn(file) }) as NamedType
}

/** Makes a SchemaType of each node, and a SchemaField of each field. */
function writtenIn(file: string): Beside {
  return (written, at, name) => {
    const aliases = textsAmong(written['aliases'])
    const beside = { place: { file, at }, doc: asText(written['doc']), logicalText: logicalText(written) }
    if (name === undefined) return { ...beside, aliases }
    return {
      ...beside,
      name,
      aliases: aliases.map((alias) => fullName(alias, namespaceOf(name))),
      fallback: asText(written['default']),
      saysStreamable: typeof written['streamable'] === 'boolean',
    }
  }
}

function logicalText({ logicalType, precision, scale = 0, 'connect.name': connectName }: SchemaObject): string | undefined {
  if (typeof logicalType !== 'string') return typeof connectName === 'string' ? simpleName(connectName) : undefined
  return logicalType === 'decimal' ? `decimal(${String(precision)}, ${String(scale)})` : logicalType
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function textsAmong(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
