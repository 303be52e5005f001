import type { WholeSchema } from '../files/schema-folder.js'
import { fullNameOf, isNamedSchema, namespaceIn, type NamedSchema } from '../files/schema-json.js'

/** A schema with the types of other files written into it, each where it is first named, for readers that take only a single text. */
export function inlinedSchemaOf<S extends NamedSchema>({
  schema,
  references,
}: Pick<WholeSchema, 'references'> & { readonly schema: S }): S {
  return new Inlining(new Map(references.map((one) => [fullNameOf(one.schema), one.schema]))).within(schema, undefined) as S
}

class Inlining {
  private readonly written = new Set<string>()

  constructor(private readonly shared: ReadonlyMap<string, NamedSchema>) {}

  within(schema: unknown, namespace: string | undefined): unknown {
    if (typeof schema === 'string') return this.named(schema, namespace)
    if (Array.isArray(schema)) return schema.map((branch: unknown) => this.within(branch, namespace))
    if (typeof schema !== 'object' || schema === null) return schema
    const { fields } = schema as Readonly<Record<string, unknown>>
    const inner = namespaceIn(schema, namespace)
    if (isNamedSchema(schema)) this.written.add(fullNameOf({ ...schema, namespace: inner }))
    const parts = Object.entries(schema as Readonly<Record<string, unknown>>).map(([key, value]) => {
      const isType = key === 'type' && typeof value !== 'string'
      return [key, isType || key === 'items' || key === 'values' ? this.within(value, inner) : value]
    })
    const whole = Object.fromEntries(parts) as Record<string, unknown>
    return Array.isArray(fields) ? { ...whole, fields: fields.map((field: object) => this.field(field, inner)) } : whole
  }

  private field(field: object, namespace: string | undefined): object {
    return { ...field, type: this.within((field as { type?: unknown }).type, namespace) }
  }

  private named(name: string, namespace: string | undefined): unknown {
    const full = fullNameOf({ name, namespace })
    const schema = this.shared.get(full)
    if (schema === undefined || this.written.has(full)) return name
    this.written.add(full)
    // Written out, as the type would otherwise get the namespace around it.
    return this.within({ ...schema, namespace: namespaceIn(schema, '') }, undefined)
  }
}
