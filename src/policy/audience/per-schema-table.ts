import type { EntitySchema } from '#avro/entity-schema.js'

/** What is made once for a schema and a key, such as a set of its leaves. Beyond the limit the oldest is forgotten, and made again when asked for. */
export class PerSchemaTable<V> {
  private readonly bySchema = new WeakMap<EntitySchema, Map<string, V>>()

  constructor(private readonly perSchemaMax: number) {}

  get(schema: EntitySchema, key: string, make: () => V): V {
    const made = this.of(schema)
    let value = made.get(key)
    if (value === undefined) {
      value = make()
      if (made.size === this.perSchemaMax) made.delete(made.keys().next().value!)
      made.set(key, value)
    }
    return value
  }

  private of(schema: EntitySchema): Map<string, V> {
    let made = this.bySchema.get(schema)
    if (made === undefined) this.bySchema.set(schema, (made = new Map<string, V>()))
    return made
  }
}
