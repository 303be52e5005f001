import type { EntityTopic } from '#entities.js'

/**
 * The latest version of each topic's subject. It decides whether a type is streamed at all: who sets `streamable` to false means the records
 * that are still written by an older version too. One subject of a type's three is enough, as nothing should be sent that somebody has closed.
 */
export class LatestSchemas {
  /** By the type's name: it is asked for every batch, and a gateway may have hundreds of types. */
  private readonly byType = new Map<string, Map<EntityTopic, boolean>>()

  /** @param streamable whether its latest version is. Answers whether the type has been stopped or streamed again by it; undefined where nothing has changed, or nothing was known of the type. */
  note(topic: EntityTopic, streamable: boolean): 'stopped' | 'streamed' | undefined {
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
