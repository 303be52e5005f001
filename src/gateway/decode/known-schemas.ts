import type { EntitySchema } from '#avro/entity-schema.js'
import { BoundedMap } from '#bounded-map.js'

/** Versions of one type's schema that producers use side by side are a few; the one met longest ago is forgotten first. */
const schemasMax = 16
/** Some 40 bytes each; as many as the store has schemas. */
const metMax = 10_000

/**
 * The schemas that are known of each entity type, by their ids. All of them count and not the newest alone: one that a stranger
 * has put on a topic, or that one topic of three has, must not decide for the others.
 */
export class KnownSchemas {
  private readonly byType = new Map<string, BoundedMap<number, EntitySchema>>()
  /** Also those that were forgotten: 20 versions side by side must not be new with every record. */
  private readonly met = new BoundedMap<string, true>(metMax)

  has(entityType: string): boolean {
    return this.byType.has(entityType)
  }

  of(entityType: string): readonly EntitySchema[] {
    return [...(this.byType.get(entityType)?.values() ?? [])]
  }

  idsOf(entityType: string): number[] {
    return [...(this.byType.get(entityType)?.keys() ?? [])]
  }

  streamableOf(entityType: string): readonly EntitySchema[] {
    return this.of(entityType).filter(({ streamable }) => streamable)
  }

  /** Types of which some known schema is streamable. */
  streamableTypes(): string[] {
    return [...this.byType.keys()].filter((entityType) => this.streamableOf(entityType).length > 0)
  }

  /** Answers whether it has never been known. */
  note(entityType: string, id: number, schema: EntitySchema): boolean {
    const known = this.byType.get(entityType) ?? new BoundedMap<number, EntitySchema>(schemasMax)
    this.byType.set(entityType, known)
    known.set(id, schema)
    const what = `${entityType}/${id}`
    if (this.met.has(what)) return false
    this.met.set(what, true)
    return true
  }
}
