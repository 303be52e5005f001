import type { TagsBeside } from '#avro/schema/tags-beside.js'

/**
 * The tags beside the latest version of each topic's subject. They count for the whole type: a tag on a field in a new version also covers
 * what older versions write into that field.
 */
export class LatestTags {
  /** By the type's name, then the topic's. */
  private readonly byType = new Map<string, Map<string, TagsBeside>>()

  tagsOf(entityType: string): readonly TagsBeside[] {
    return [...(this.byType.get(entityType)?.values() ?? [])]
  }

  /** Answers whether the tags have changed. */
  replace(entityType: string, topic: string, tags: TagsBeside): boolean {
    const known = this.byType.get(entityType) ?? new Map<string, TagsBeside>()
    this.byType.set(entityType, known)
    if ((known.get(topic)?.key ?? '') === tags.key) return false
    known.set(topic, tags)
    return true
  }
}
