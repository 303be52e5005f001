import type { EntityTopic } from '#entities.js'

/**
 * The latest version of each topic's subject decides whether a type is streamed at all. Setting `streamable` to false also stops records
 * that older schema versions still write. One subject of a type's three is enough, as nothing should be sent that somebody has closed.
 */
export class LatestSchemas {
  /** Kept by the type's name, as it is asked for every batch and a gateway may have hundreds of types. */
  private readonly byType = new Map<string, Map<EntityTopic, boolean>>()

  /**
   * Answers whether the type is stopped or streamed again by this version; undefined where that has not changed, or the type is new.
   * @param streamable whether the latest version of the topic's subject is.
   */
  setStreamable(topic: EntityTopic, streamable: boolean): 'stopped' | 'streamed' | undefined {
    const { name } = topic.entity
    const known = this.byType.get(name)
    const before = this.stops(name)
    this.byType.set(name, (known ?? new Map<EntityTopic, boolean>()).set(topic, streamable))
    const now = this.stops(name)
    return known === undefined || before === now ? undefined : now ? 'stopped' : 'streamed'
  }

  stops(entityType: string): boolean {
    return [...(this.byType.get(entityType)?.values() ?? [])].includes(false)
  }
}
