import type { EntitySchema } from '#avro/entity-schema.js'
import { BoundedMap } from '#bounded-map.js'

/** How many schemas of one type are kept, as producers use only a few versions side by side. The one met longest ago is forgotten first. */
const schemasMax = 16
/** How many schemas are remembered as met, at some 40 bytes each: as many as the store keeps. */
const metMax = 10_000

interface Known {
  readonly id: number
  readonly schema: EntitySchema
}

/**
 * The known schemas of each entity type, by their ids and records, as one may be a union of several. All of them count and not only the newest: a schema that a stranger has put on a
 * topic, or that only one topic of three has, must not decide for the others.
 */
export class KnownSchemas {
  private readonly byType = new Map<string, BoundedMap<string, Known>>()
  /**
   * All schemas that were ever met, even forgotten ones: where 20 versions are used side by side, they must not be new with every record.
   */
  private readonly met = new BoundedMap<string, true>(metMax)

  has(entityType: string): boolean {
    return this.byType.has(entityType)
  }

  schemasOf(entityType: string): readonly EntitySchema[] {
    return [...(this.byType.get(entityType)?.values() ?? [])].map(({ schema }) => schema)
  }

  idsOf(entityType: string): number[] {
    return [...new Set([...(this.byType.get(entityType)?.values() ?? [])].map(({ id }) => id))]
  }

  streamableOf(entityType: string): readonly EntitySchema[] {
    return this.schemasOf(entityType).filter(({ streamable }) => streamable)
  }

  /** The types with at least one known schema that is streamable. */
  streamableTypes(): string[] {
    return [...this.byType.keys()].filter((entityType) => this.streamableOf(entityType).length > 0)
  }

  /** Answers whether the schema is met for the first time. */
  remember(entityType: string, id: number, schema: EntitySchema): boolean {
    const known = this.byType.get(entityType) ?? new BoundedMap<string, Known>(schemasMax)
    this.byType.set(entityType, known)
    known.set(`${id} ${schema.name}`, { id, schema })
    const what = `${entityType}/${id} ${schema.name}`
    if (this.met.has(what)) return false
    this.met.set(what, true)
    return true
  }
}
