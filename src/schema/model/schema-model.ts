import type { EntityFile, SchemaFile, WholeSchema } from '../files/schema-folder.js'
import { type Primitive, primitives } from '#avro/schema/avro-schema.js'
import { fullName } from '#avro/avro-schema-parser.js'

/**
 * A schema as people wrote it: names are resolved, and docs, defaults and aliases are kept with the place where each stands.
 * `decode/avro` has the one for reading bytes, which knows nothing of these.
 */
export type SchemaType = ScalarType | ArrayType | MapType | UnionType | NamedType

export type NamedType = RecordType | EnumType | FixedType

/** Where something is written: a file and the way through its JSON. */
export interface SchemaPlace {
  readonly file: string
  readonly at: readonly (string | number)[]
}

interface Written {
  /** `confluent:tags` on the type itself. */
  readonly tags: readonly string[]
  readonly place: SchemaPlace
}

interface Named extends Written {
  /** With its namespace. */
  readonly name: string
  /** With their namespaces. */
  readonly aliases: readonly string[]
  readonly doc: string | undefined
}

export interface ScalarType extends Written {
  readonly kind: Primitive
  /** As people say it: `decimal(12, 2)`, `timestamp-millis`. */
  readonly logical: string | undefined
}

export interface FixedType extends Named {
  readonly kind: 'fixed'
  readonly size: number
  readonly logical: string | undefined
}

export interface EnumType extends Named {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  /** What a reader takes for a symbol that it does not know. */
  readonly fallback: string | undefined
}

export interface ArrayType extends Written {
  readonly kind: 'array'
  readonly items: SchemaType
}

export interface MapType extends Written {
  readonly kind: 'map'
  readonly values: SchemaType
}

export interface UnionType extends Written {
  readonly kind: 'union'
  readonly branches: readonly SchemaType[]
}

export interface RecordType extends Named {
  readonly kind: 'record'
  /** As it is written; undefined where it is not. */
  readonly streamable: unknown
  readonly fields: readonly SchemaField[]
}

export interface SchemaField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly doc: string | undefined
  /** In an object of its own, since null is a default, too. */
  readonly default: { readonly value: unknown } | undefined
  readonly tags: readonly string[]
  readonly type: SchemaType
  readonly place: SchemaPlace
}

/** @param schema one that the gateway takes (`schema-validity.ts`). */
export function schemaModelOf(schema: EntityFile): RecordType
export function schemaModelOf(schema: WholeSchema): NamedType
export function schemaModelOf(schema: WholeSchema): NamedType {
  const reader = new ModelReader()
  for (const reference of schema.references) reader.read(reference)
  return reader.read(schema)
}

type SchemaObject = Readonly<Record<string, unknown>>

class ModelReader {
  private readonly named = new Map<string, SchemaType>()

  read({ file, schema }: SchemaFile): NamedType {
    return this.declared(schema, '', { file, at: [] }) as NamedType
  }

  private type(schema: unknown, namespace: string, place: SchemaPlace): SchemaType {
    if (typeof schema === 'string') return this.referenced(schema, namespace, place)
    if (!Array.isArray(schema)) return this.declared(schema as SchemaObject, namespace, place)
    return { kind: 'union', tags: [], place, branches: schema.map((branch, index) => this.type(branch, namespace, within(place, index))) }
  }

  private referenced(name: string, namespace: string, place: SchemaPlace): SchemaType {
    if (isPrimitive(name)) return { kind: name, logical: undefined, tags: [], place }
    return this.named.get(fullName(name, namespace))!
  }

  private declared(schema: SchemaObject, namespace: string, place: SchemaPlace): SchemaType {
    const { type } = schema
    const tags = textsOf(schema['confluent:tags'])
    if (isPrimitive(type)) return { kind: type, logical: logicalTextOf(schema), tags, place }
    if (type === 'array') return { kind: type, tags, place, items: this.type(schema['items'], namespace, within(place, 'items')) }
    if (type === 'map') return { kind: type, tags, place, values: this.type(schema['values'], namespace, within(place, 'values')) }
    return this.declaredByName(schema, namespace, { tags, place })
  }

  private declaredByName(schema: SchemaObject, enclosing: string, { tags, place }: Written): SchemaType {
    const name = fullName(String(schema['name']), typeof schema['namespace'] === 'string' ? schema['namespace'] : enclosing)
    const namespace = name.slice(0, Math.max(0, name.lastIndexOf('.')))
    const aliases = textsOf(schema['aliases']).map((alias) => fullName(alias, namespace))
    const named: Named = { name, aliases, doc: textOf(schema['doc']), tags, place }
    if (schema['type'] === 'fixed') {
      return this.keep({ ...named, kind: 'fixed', size: Number(schema['size']), logical: logicalTextOf(schema) })
    }
    if (schema['type'] === 'enum') {
      return this.keep({ ...named, kind: 'enum', symbols: textsOf(schema['symbols']), fallback: textOf(schema['default']) })
    }
    const fields: SchemaField[] = []
    // Kept before its fields are read, which may refer to it.
    const record = this.keep({ ...named, kind: 'record', streamable: schema['streamable'], fields })
    for (const [index, field] of (schema['fields'] as SchemaObject[]).entries()) {
      fields.push(this.field(field, namespace, within(within(place, 'fields'), index)))
    }
    return record
  }

  private keep(type: NamedType): SchemaType {
    this.named.set(type.name, type)
    return type
  }

  private field(field: SchemaObject, namespace: string, place: SchemaPlace): SchemaField {
    return {
      name: String(field['name']),
      aliases: textsOf(field['aliases']),
      doc: textOf(field['doc']),
      default: 'default' in field ? { value: field['default'] } : undefined,
      tags: textsOf(field['confluent:tags']),
      type: this.type(field['type'], namespace, within(place, 'type')),
      place,
    }
  }
}

function logicalTextOf({ logicalType, precision, scale = 0 }: SchemaObject): string | undefined {
  if (typeof logicalType !== 'string') return undefined
  return logicalType === 'decimal' ? `decimal(${String(precision)}, ${String(scale)})` : logicalType
}

function within({ file, at }: SchemaPlace, step: string | number): SchemaPlace {
  return { file, at: [...at, step] }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function isPrimitive(name: unknown): name is Primitive {
  return (primitives as readonly unknown[]).includes(name)
}
