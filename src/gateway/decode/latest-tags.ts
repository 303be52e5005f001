import type { TagsBeside } from '#avro/schema/tags-beside.js'

/**
 * The tags beside the latest version of each topic's subject. They count for the whole type: who tags a field in a new version means what older
 * versions wrote into it, too.
 */
export class LatestTags {
  /** By the type's name, then the topic's. */
  private readonly byType = new Map<string, Map<string, TagsBeside>>()

  of(entityType: string): readonly TagsBeside[] {
    return [...(this.byType.get(entityType)?.values() ?? [])]
  }

  /** Answers whether they have changed. */
  note(entityType: string, topic: string, tags: TagsBeside): boolean {
    const known = this.byType.get(entityType) ?? new Map<string, TagsBeside>()
    this.byType.set(entityType, known)
    if ((known.get(topic)?.key ?? '') === tags.key) return false
    known.set(topic, tags)
    return true
  }
}
