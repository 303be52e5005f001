import avsc from 'avsc'
import { exactJson } from '#text/exact-json.js'
import { BadRecordError } from '#errors.js'
import { logicalTypeOf } from './schema/avro-logical-type.js'
import { type AvroField, type AvroNode, type Primitive, primitives, type RecordNode } from './schema/avro-schema.js'
import { skipOf } from './read/avro-skip.js'
import { refuseDeepText, refuseLongTexts, TypeCount } from './schema/schema-bounds.js'

/**
 * Parses a schema's JSON text, after the schemas that it references, each of these after what it needs itself.
 * avsc judges whether it is a valid one; defaults are kept from it, since it refuses some that Java writes and the gateway reads none.
 * @throws BadRecordError `schema_invalid`
 */
export function parseAvroSchema(text: string, references: readonly string[] = []): AvroNode {
  return parseAvroSchemas(text, references).root
}

/** The same with what each reference holds. */
export function parseAvroSchemas(text: string, references: readonly string[]): { root: AvroNode; references: readonly AvroNode[] } {
  const parser = new AvroSchemaParser()
  try {
    refuseLongTexts([text, ...references])
    const nodes = references.map((reference) => parser.parse(reference))
    const root = parser.parse(text)
    // At once, as it goes everywhere: what ends the stack is no usable schema, however its types hold one another.
    skipOf(root)
    return { root, references: nodes }
  } catch (error) {
    if (error instanceof BadRecordError) throw error
    throw new BadRecordError('schema_invalid', wordsOf(error))
  }
}

/** As much of avsc's reasons as people read: most hold the whole schema. */
const reasonCharactersMax = 200

/** avsc explains what it looks for; over what it takes for granted it stumbles. */
function wordsOf(error: unknown): string | undefined {
  if (error instanceof RangeError) return 'nested too deep'
  if (error instanceof TypeError) return 'a field without a type, or an attribute of another kind than Avro asks for'
  return error instanceof Error ? shortened(error.message) : undefined
}

function shortened(reason: string): string {
  return reason.length <= reasonCharactersMax ? reason : `${reason.slice(0, reasonCharactersMax)}...`
}

type SchemaObject = Readonly<Record<string, unknown>>

class AvroSchemaParser {
  private readonly named = new Map<string, AvroNode>()
  // Without a prototype: otherwise avsc takes a reference to `constructor` for a type that it knows.
  private readonly avscTypes = Object.create(null) as Record<string, avsc.Type>

  private readonly count = new TypeCount()

  parse(text: string): AvroNode {
    refuseDeepText(text)
    const withoutDefaults = JSON.parse(text, (name, value: unknown) => (name === 'default' ? undefined : value)) as avsc.Schema
    this.count.add(withoutDefaults)
    const judged = { registry: this.avscTypes, wrapUnions: 'always', noAnonymousTypes: true } as const
    avsc.Type.forSchema(withoutDefaults, judged)
    return this.node(exactJson(text), '')
  }

  private node(schema: unknown, namespace: string): AvroNode {
    if (typeof schema === 'string') return this.reference(schema, namespace)
    if (Array.isArray(schema)) return { kind: 'union', branches: schema.map((branch) => this.node(branch, namespace)) }
    return this.declared(schema as SchemaObject, namespace)
  }

  private reference(name: string, namespace: string): AvroNode {
    if (isPrimitive(name)) return { kind: name, logical: undefined }
    const found = this.named.get(fullName(name, namespace))
    if (found === undefined) throw new BadRecordError('schema_invalid', `the type ${name} is not defined`)
    return found
  }

  private declared(schema: SchemaObject, namespace: string): AvroNode {
    const { type } = schema
    if (isPrimitive(type)) return tagged({ kind: type, logical: logicalTypeOf(type, schema) }, schema)
    if (type === 'array') return tagged({ kind: 'array', items: this.node(schema['items'], namespace) }, schema)
    if (type === 'map') return tagged({ kind: 'map', values: this.node(schema['values'], namespace) }, schema)
    return this.declaredByName(schema, namespace)
  }

  private declaredByName(schema: SchemaObject, enclosing: string): AvroNode {
    const { type } = schema
    const name = fullName(String(schema['name']), typeof schema['namespace'] === 'string' ? schema['namespace'] : enclosing)
    if (type === 'record' || type === 'error') return this.record(schema, name)
    if (type !== 'enum' && type !== 'fixed') throw new BadRecordError('schema_invalid', 'a type within a type')
    const node: AvroNode =
      type === 'enum'
        ? { kind: 'enum', symbols: schema['symbols'] as string[] }
        : { kind: 'fixed', size: Number(schema['size']), logical: logicalTypeOf('fixed', schema) }
    this.named.set(name, tagged(node, schema))
    return this.named.get(name)!
  }

  private record(schema: SchemaObject, name: string): RecordNode {
    const fields: AvroField[] = []
    const record: RecordNode = { kind: 'record', name, streamable: schema['streamable'] === true, tags: tagsOf(schema), fields }
    this.named.set(name, record) // Before its fields, which may refer to it.
    const namespace = name.slice(0, Math.max(0, name.lastIndexOf('.')))
    for (const field of schema['fields'] as SchemaObject[]) {
      const standard = Object.hasOwn(field, 'default') ? { value: field['default'] } : undefined
      fields.push({ name: String(field['name']), type: this.node(field['type'], namespace), tags: tagsOf(field), default: standard })
    }
    return record
  }
}

function tagged(node: AvroNode, schema: SchemaObject): AvroNode {
  const tags = tagsOf(schema)
  return tags.length === 0 ? node : { ...node, tags }
}

/** A tag guards data: one that cannot be understood makes the schema unusable rather than the field public. */
function tagsOf(schema: SchemaObject): string[] {
  const tags = schema['confluent:tags'] ?? []
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags
  throw new BadRecordError('schema_invalid', 'confluent:tags is not a list of strings')
}

function isPrimitive(name: unknown): name is Primitive {
  return (primitives as readonly unknown[]).includes(name)
}

/** As the Avro specification resolves a name within a namespace; a dot before it stands for none. */
export function fullName(name: string, namespace: string): string {
  if (name.includes('.')) return name.replace(/^\./, '')
  return namespace === '' ? name : `${namespace}.${name}`
}
