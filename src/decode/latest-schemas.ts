import type { EntityTopic } from '../entities.js'
import type { EntitySchema } from './entity-schema.js'

/**
 * The latest version of each topic's subject. It decides whether a type is streamed at all: who sets `streamable` to false means the records
 * that are still written by an older version too. One subject of a type's three is enough, as nothing should be sent that somebody has closed.
 */
export class LatestSchemas {
  private readonly byTopic = new Map<EntityTopic, EntitySchema>()

  /** Whether the type has been stopped or streamed again by it; undefined where nothing has changed, or nothing was known of the type. */
  note(topic: EntityTopic, schema: EntitySchema): 'stopped' | 'streamed' | undefined {
    const { name } = topic.entity
    const wasKnown = [...this.byTopic.keys()].some(({ entity }) => entity.name === name)
    const before = this.stops(name)
    this.byTopic.set(topic, schema)
    const now = this.stops(name)
    return !wasKnown || before === now ? undefined : now ? 'stopped' : 'streamed'
  }

  stops(entityType: string): boolean {
    for (const [{ entity }, schema] of this.byTopic) if (entity.name === entityType && !schema.streamable) return true
    return false
  }
}
