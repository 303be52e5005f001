import type { EntitySchema } from './entity-schema.js'

/** Versions of one type's schema that producers use side by side are a few; the one met longest ago is forgotten first. */
const schemasMax = 16

/**
 * The schemas that are known of each entity type, by their ids. All of them count and not the newest alone: one that a stranger
 * has put on a topic, or that one topic of three has, must not decide for the others.
 */
export class KnownSchemas {
  private readonly byType = new Map<string, Map<number, EntitySchema>>()

  has(entityType: string): boolean {
    return this.byType.has(entityType)
  }

  of(entityType: string): readonly EntitySchema[] {
    return [...(this.byType.get(entityType)?.values() ?? [])]
  }

  streamableOf(entityType: string): readonly EntitySchema[] {
    return this.of(entityType).filter(({ streamable }) => streamable)
  }

  /** Types of which some known schema is streamable. */
  streamableTypes(): string[] {
    return [...this.byType.keys()].filter((entityType) => this.streamableOf(entityType).length > 0)
  }

  /** Answers whether it is new. */
  note(entityType: string, id: number, schema: EntitySchema): boolean {
    const known = this.byType.get(entityType) ?? new Map<number, EntitySchema>()
    this.byType.set(entityType, known)
    const isNew = !known.delete(id)
    known.set(id, schema)
    if (known.size > schemasMax) known.delete(known.keys().next().value!)
    return isNew
  }
}
