import type { EntitySchema } from '#avro/entity-schema.js'
import { BoundedMap } from '#bounded-map.js'

/**
 * Values that are made once for a schema and a key, such as a set of its leaves. Beyond the limit the oldest value is forgotten, and made
 * again when it is asked for.
 */
export class PerSchemaTable<V> {
  private readonly bySchema = new WeakMap<EntitySchema, BoundedMap<string, V>>()

  constructor(private readonly perSchemaMax: number) {}

  get(schema: EntitySchema, key: string, make: () => V): V {
    const made = this.tableFor(schema)
    let value = made.get(key)
    if (value === undefined) {
      value = make()
      made.set(key, value)
    }
    return value
  }

  private tableFor(schema: EntitySchema): BoundedMap<string, V> {
    let made = this.bySchema.get(schema)
    if (made === undefined) this.bySchema.set(schema, (made = new BoundedMap<string, V>(this.perSchemaMax)))
    return made
  }
}
