import { sortedJson } from '#text/sorted-json.js'
import type { UpdateMessage } from '#protocol/message.js'
import { chosen, passes } from './scripted-filter.js'
import type { ScriptedVersion, ToldVersion } from './scripted-table.js'

/** What a client asks for with a collection. */
export interface AskedCollection {
  readonly entity_type: string
  readonly where: object
  readonly fields?: readonly string[] | undefined
}

/** What a client has subscribed to by a filter, and what it is told of it. */
export class ScriptedCollection {
  /** How messages name it. */
  readonly name: { readonly subscription: string; readonly entity_type: string }
  /** Whether rights show nothing of its type. */
  isLost = false

  /** @throws where the filter is not understood */
  constructor(private readonly asked: AskedCollection) {
    const { entity_type, where, fields } = asked
    passes(where, {})
    this.name = { subscription: idOf(sortedJson([entity_type, where, fields && [...new Set(fields)].sort()])), entity_type }
  }

  get entityType(): string {
    return this.asked.entity_type
  }

  /** What is told of what happens to an entity, if anything. */
  update({ entityType, entityId, before, operation, version }: ToldVersion): UpdateMessage[] {
    if (entityType !== this.entityType) return []
    const [was, is] = [this.shown(before), operation === 'delete' ? undefined : this.shown(version)]
    if (was === undefined && is === undefined) return []
    const told = is === undefined ? 'delete' : was === undefined ? 'create' : 'update'
    return [this.message(entityId, told, is ?? {}, version)]
  }

  /** @param latest what may be seen of entities of its type */
  snapshot(latest: readonly ToldVersion[]): UpdateMessage[] {
    return latest.flatMap(({ entityId, version }) => {
      const data = this.shown(version)
      return data === undefined ? [] : [this.message(entityId, 'snapshot', data, version)]
    })
  }

  /** Undefined where it is no entity of the collection. */
  private shown(version: ScriptedVersion | undefined): Record<string, unknown> | undefined {
    const { where, fields } = this.asked
    if (version?.data === undefined || !passes(where, version.data)) return undefined
    const data = chosen(version.data, fields)
    return Object.keys(data).length === 0 ? undefined : (data as Record<string, unknown>)
  }

  private message(entity_id: string, operation: string, data: Record<string, unknown>, { timestamp }: ScriptedVersion): UpdateMessage {
    const { subscription, entity_type } = this.name
    return { type: 'entity_update', entity_id, entity_type, operation, data, timestamp, subscription }
  }
}

const ids = new Map<string, string>()

/** The same for whoever asks for the same. */
function idOf(text: string): string {
  const id = ids.get(text) ?? `collection-${ids.size + 1}`
  ids.set(text, id)
  return id
}
