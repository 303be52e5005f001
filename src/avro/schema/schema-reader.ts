import { BadRecordError } from '#errors.js'
import { meaningOf } from './avro-logical-type.js'
import { type AvroField, type AvroNode, isPrimitive, type RecordNode } from './avro-schema.js'
import { variableScaleDecimal } from './connect-type.js'
import { Definitions, namedKinds, type SchemaWay } from './definitions.js'
import { definitionText } from './definition-text.js'
import { fullName, knownNameOf, namespaceOf } from './schema-name.js'

/** A type or a field in a schema's JSON. */
export type SchemaObject = Readonly<Record<string, unknown>>

/**
 * Returns further members for the node of a type or a field, which do not concern its bytes.
 * @param name the full name of a named type.
 */
export type Beside = (written: SchemaObject, at: SchemaWay, name?: string) => object

const nothing: Beside = () => ({})

interface Known {
  readonly node: AvroNode
  readonly text: string
  readonly origin: string
}

interface Where {
  /** The namespace of names that have none of their own. */
  readonly namespace: string
  readonly at: SchemaWay
  readonly beside: Beside
  /** Where the schema comes from, for messages. */
  readonly origin: string
}

/** Makes trees of schemas that are valid JSON and have Avro's shape. Each schema may name the types of those read before it. */
export class SchemaReader {
  private readonly named = new Map<string, Known>()
  /** What the schema that is read defines. */
  private definitions = new Definitions(undefined)

  /** @throws BadRecordError `schema_invalid` where the schema is invalid all the same. */
  read(
    schema: unknown,
    { beside = nothing, origin = 'the schema' }: { readonly beside?: Beside; readonly origin?: string } = {},
  ): AvroNode {
    this.definitions = new Definitions(schema)
    return this.node(schema, { namespace: '', at: [], beside, origin })
  }

  private node(schema: unknown, where: Where): AvroNode {
    if (typeof schema === 'string') return this.reference(schema, where)
    if (!Array.isArray(schema)) return this.declared(schema as SchemaObject, where)
    const branches = schema.map((branch, index) => this.node(branch, within(where, index)))
    return { kind: 'union', branches, ...where.beside({}, where.at) }
  }

  private reference(name: string, where: Where): AvroNode {
    const { namespace, at, beside } = where
    if (isPrimitive(name)) return { kind: name, logical: undefined, ...beside({}, at) }
    const known = knownNameOf(name, namespace, this.named)
    if (known !== undefined) return this.named.get(known)!.node
    const ahead = this.definitions.find(name, namespace)
    if (ahead === undefined) throw new BadRecordError('schema_invalid', `the type ${name} is not defined`)
    return this.declaredByName(ahead.schema, { ...where, namespace: ahead.namespace, at: ahead.at })
  }

  private declared(schema: SchemaObject, where: Where): AvroNode {
    const { type } = schema
    const more = { ...taggedAs(schema), ...where.beside(schema, where.at) }
    if (isPrimitive(type)) return { kind: type, logical: meaningOf(type, schema), ...more }
    if (type === 'array') return { kind: 'array', items: this.node(schema['items'], within(where, 'items')), ...more }
    if (type === 'map') return { kind: 'map', values: this.node(schema['values'], within(where, 'values')), ...more }
    if (typeof type !== 'string') return withTags(this.node(type, within(where, 'type')), tagsOf(schema))
    if (!namedKinds.has(type)) return withTags(this.reference(type, where), tagsOf(schema))
    return this.declaredByName(schema, where)
  }

  private declaredByName(schema: SchemaObject, where: Where): AvroNode {
    const { type, namespace, symbols, size } = schema
    const name = fullName(String(schema['name']), typeof namespace === 'string' ? namespace : where.namespace)
    const text = definitionText(schema, name)
    const known = this.named.get(name)
    if (known !== undefined) return sameNode(known, name, { text, origin: where.origin })
    const define = (node: AvroNode) => void this.named.set(name, { node, text, origin: where.origin })
    if (type === 'record' || type === 'error') return this.record(schema, name, where, define)
    const more = { ...taggedAs(schema), ...where.beside(schema, where.at, name) }
    const node: AvroNode =
      type === 'enum'
        ? { kind: 'enum', symbols: symbols as string[], ...more }
        : { kind: 'fixed', size: Number(size), logical: meaningOf('fixed', schema), ...more }
    define(node)
    return node
  }

  private record(schema: SchemaObject, name: string, where: Where, define: (node: AvroNode) => void): AvroNode {
    const fields: AvroField[] = []
    const [streamable, tags] = [schema['streamable'] === true, tagsOf(schema)]
    const record: RecordNode = { kind: 'record', name, streamable, tags, fields, ...where.beside(schema, where.at, name) }
    define(record) // Before its fields, which may refer to it.
    const inner = { ...where, namespace: namespaceOf(name) }
    for (const [index, field] of (schema['fields'] as SchemaObject[]).entries())
      fields.push(this.field(field, within(inner, 'fields', index)))
    if (!isVariableDecimal(record)) return record
    const decimal: AvroNode = { kind: 'variable-decimal', logical: undefined, ...taggedAs(schema), ...where.beside(schema, where.at, name) }
    define(decimal)
    return decimal
  }

  private field(field: SchemaObject, where: Where): AvroField {
    return {
      name: String(field['name']),
      type: this.node(field['type'], within(where, 'type')),
      tags: tagsOf(field),
      default: Object.hasOwn(field, 'default') ? { value: field['default'] } : undefined,
      ...where.beside(field, where.at),
    }
  }
}

/** Generators write a type that several schemas share into each of them. */
function sameNode({ node, text, origin }: Known, name: string, again: Omit<Known, 'node'>): AvroNode {
  if (text === again.text) return node
  throw new BadRecordError('schema_invalid', `the type ${name} is one in ${origin} and another one in ${again.origin}`)
}

/** The same type with further tags, where an object stands around it. */
function withTags(node: AvroNode, tags: readonly string[]): AvroNode {
  return tags.length === 0 ? node : { ...node, tags: [...(node.tags ?? []), ...tags] }
}

/** The tags of its fields would be lost, so that with any it stays a record. */
function isVariableDecimal({ name, fields }: RecordNode): boolean {
  const shape = fields.map((field) =>
    [field.name, field.type.kind, ...field.tags, ...(field.type.kind === 'record' ? [] : (field.type.tags ?? []))].join(),
  )
  return name === variableScaleDecimal && shape.join(' ') === 'scale,int value,bytes'
}

function within(where: Where, ...steps: SchemaWay): Where {
  return { ...where, at: [...where.at, ...steps] }
}

function taggedAs(schema: SchemaObject): { readonly tags?: readonly string[] } {
  const tags = tagsOf(schema)
  return tags.length === 0 ? {} : { tags }
}

/** A tag guards data, so that one that cannot be understood must not make the field public: it makes the schema unusable. */
function tagsOf(schema: SchemaObject): string[] {
  const tags = schema['confluent:tags'] ?? []
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags
  throw new BadRecordError('schema_invalid', 'confluent:tags is not a list of strings')
}
