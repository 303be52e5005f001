import { BadRecordError } from '#errors.js'
import { isJsonObject } from '#text/json-object.js'
import { isPrimitive } from './avro-schema.js'
import { Definitions, namedKinds } from './definitions.js'
import { fullName, knownNameOf, namespaceOf } from './schema-name.js'

/**
 * Makes of schemas what decides which bytes they mean: types and their order, under names of its own. Names take no part in the bytes, and writers
 * take more of them than readers that compile them: hyphens, `$`, leading digits, enums without symbols. What is not understood is left as it is,
 * for whoever judges the skeleton.
 */
export class SchemaSkeletons {
  private readonly own = new Map<string, string>()
  private definitions = new Definitions(undefined)

  /** @throws BadRecordError `schema_invalid` where a type is not defined */
  of(schema: unknown): unknown {
    this.definitions = new Definitions(schema)
    return this.part(schema, '')
  }

  private part(schema: unknown, namespace: string): unknown {
    if (typeof schema === 'string') return this.reference(schema, namespace)
    if (Array.isArray(schema)) return schema.map((branch) => this.part(branch, namespace))
    if (!isJsonObject(schema)) return schema
    const { type, items, values } = schema
    if (typeof type !== 'string') return 'type' in schema && typeof type === 'object' ? this.part(type, namespace) : schema
    if (type === 'array') return { type, ...('items' in schema && { items: this.part(items, namespace) }) }
    if (type === 'map') return { type, ...('values' in schema && { values: this.part(values, namespace) }) }
    if (namedKinds.has(type)) return this.named(schema, type, namespace)
    return this.reference(type, namespace)
  }

  private reference(name: string, namespace: string): unknown {
    if (isPrimitive(name)) return name
    const known = knownNameOf(name, namespace, this.own)
    if (known !== undefined) return this.own.get(known)
    const ahead = this.definitions.find(name, namespace)
    if (ahead === undefined) throw new BadRecordError('schema_invalid', `undefined type name: ${fullName(name, namespace)}`)
    return this.named(ahead.schema, ahead.schema['type'] as string, ahead.namespace)
  }

  /** A definition that is there again is the same one, or the tree of the schema is refused. */
  private named(schema: Readonly<Record<string, unknown>>, type: string, around: string): unknown {
    const { name, namespace, symbols, size } = schema
    if (typeof name !== 'string' || name === '') return { type, name: undefined }
    const full = fullName(name, typeof namespace === 'string' ? namespace : around)
    const known = this.own.get(full)
    if (known !== undefined) return known
    const own = `T${this.own.size}`
    this.own.set(full, own)
    if (type === 'enum') return { type, name: own, symbols: Array.isArray(symbols) ? symbolsLike(symbols) : symbols }
    if (type === 'fixed') return { type, name: own, size }
    return { type: 'record', name: own, fields: this.fields(schema['fields'], full) }
  }

  private fields(fields: unknown, record: string): unknown {
    if (!Array.isArray(fields)) return fields
    const namespace = namespaceOf(record)
    return fields.map((field: unknown) => {
      if (!isJsonObject(field)) return field
      const { name, type } = field
      return { ...(typeof name === 'string' && name !== '' && { name: ownNameOf(name) }), type: this.part(type, namespace) }
    })
  }
}

const plainName = /^[A-Za-z_]\w*$/

/** Different for different names. */
function ownNameOf(name: string): string {
  return plainName.test(name) ? name : `_${Buffer.from(name).toString('hex')}`
}

function symbolsLike(symbols: readonly unknown[]): unknown[] {
  return symbols.length === 0 ? ['none'] : symbols.map((symbol) => (typeof symbol === 'string' ? `_${ownNameOf(symbol)}` : symbol))
}
