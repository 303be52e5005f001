import { fullNameOf, isNamedSchema, namespaceIn, type NamedSchema } from '#schema/files/schema-json.js'

/** The branches of a union; of any other type itself. */
export function branchesOf(type: unknown): readonly unknown[] {
  return Array.isArray(type) ? (type as readonly unknown[]) : [type]
}

/** The types that schemas define, at any depth, each with its namespace. */
export class NamedTypes {
  private readonly byName = new Map<string, NamedSchema>()

  constructor(schemas: readonly unknown[]) {
    for (const schema of schemas) this.collect(schema, undefined)
  }

  /** By its definition, or by its name within a namespace. Undefined for a type without a name. */
  find(type: unknown, namespace: string | undefined): NamedSchema | undefined {
    if (typeof type === 'string') return this.byName.get(fullNameOf({ name: type, namespace })) ?? this.byName.get(type)
    return isNamedSchema(type) ? this.byName.get(fullNameOf({ ...type, namespace: namespaceIn(type, namespace) })) : undefined
  }

  spaceOf(type: object): string | undefined {
    return namespaceIn(type, undefined)
  }

  /** All others: what the type itself defines within it is among them. */
  except(type: NamedSchema): NamedSchema[] {
    const name = fullNameOf(type)
    return [...this.byName].filter(([one]) => one !== name).map(([, schema]) => schema)
  }

  private collect(schema: unknown, namespace: string | undefined): void {
    if (Array.isArray(schema)) return schema.forEach((branch) => this.collect(branch, namespace))
    if (typeof schema !== 'object' || schema === null) return
    const { fields, items, values, type } = schema as Readonly<Record<string, unknown>>
    const inner = namespaceIn(schema, namespace)
    if (isNamedSchema(schema)) {
      const named = inner === undefined ? schema : { ...schema, namespace: inner }
      this.byName.set(fullNameOf(named), named)
    } else this.collect(type, inner)
    for (const part of [items, values]) this.collect(part, inner)
    if (Array.isArray(fields)) for (const field of fields as readonly ({ type?: unknown } | null)[]) this.collect(field?.type, inner)
  }
}
