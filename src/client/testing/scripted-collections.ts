import type { ServerMessage } from '#protocol/message.js'
import type { ScriptedCollectionSubscription } from './script-api.js'
import { ScriptedCollection, type AskedCollection } from './scripted-collection.js'
import { failure, type About } from './scripted-failure.js'
import type { ScriptedTable, ToldVersion } from './scripted-table.js'

export type CollectionRequest = AskedCollection & Pick<About, 'ref'> & { readonly snapshot?: unknown }

/** The collections of a connection: what it is answered and told. */
export class ScriptedCollections {
  private readonly asked = new Map<string, ScriptedCollection>()

  /** @param most how many there may be */
  constructor(
    private readonly table: ScriptedTable,
    private readonly most: number,
  ) {}

  get all(): readonly ScriptedCollectionSubscription[] {
    return [...this.asked.values()].map(({ entityType, name: { subscription } }) => ({ entityType, subscription }))
  }

  subscribe(request: CollectionRequest): ServerMessage[] {
    const { entity_type, ref } = request
    try {
      const collection = new ScriptedCollection(request)
      const isNew = !this.asked.has(collection.name.subscription)
      const isForbidden = this.table.isForbidden(entity_type)
      if (isNew && isForbidden) return [failure('forbidden', { entity_type, ref })]
      if (isNew && this.asked.size >= this.most) return [failure('too_many_collections', { entity_type, ref })]
      this.asked.set(collection.name.subscription, collection)
      collection.isLost = isForbidden
      const snapshot = request.snapshot === true ? this.snapshot(collection, ref) : []
      return [{ type: 'subscription_success', ...collection.name, ref }, ...snapshot]
    } catch {
      return [failure('where_invalid', { entity_type, ref })]
    }
  }

  unsubscribe(subscription: string, ref: About['ref']): ServerMessage {
    const collection = this.asked.get(subscription)
    this.asked.delete(subscription)
    if (collection === undefined) return failure('not_subscribed', { subscription, ref })
    return { type: 'unsubscription_success', ...collection.name, ref }
  }

  update(told: ToldVersion): ServerMessage[] {
    return [...this.asked.values()].flatMap((collection) => collection.update(told))
  }

  gap(entityType: string, entity_id: string, missed: number): ServerMessage[] {
    return this.ofType(entityType).map(({ name }) => ({ type: 'gap', entity_id, ...name, missed }))
  }

  forbidden(entityType: string): ServerMessage[] {
    const all = this.ofType(entityType)
    for (const collection of all) collection.isLost = true
    return all.map(({ name }) => failure('forbidden', name))
  }

  /** Sends them anew. */
  snapshots(entityType: string, isMeant: (collection: ScriptedCollection) => boolean = () => true): ServerMessage[] {
    const meant = this.ofType(entityType).filter(isMeant)
    return meant.flatMap((collection) => [{ type: 'snapshot_started', ...collection.name }, ...this.snapshot(collection)])
  }

  /** As they are too large. */
  end(entityType: string): ServerMessage[] {
    const ended = this.ofType(entityType)
    for (const { name } of ended) this.asked.delete(name.subscription)
    return ended.map(({ name }) => failure('collection_too_large', name))
  }

  private snapshot(collection: ScriptedCollection, ref?: About['ref']): ServerMessage[] {
    const updates = collection.snapshot(this.table.latestOf(collection.entityType))
    collection.isLost = this.table.isForbidden(collection.entityType)
    const lost = collection.isLost ? [failure('forbidden', collection.name)] : []
    return [...updates, { type: 'snapshot_complete', ...collection.name, ref, count: updates.length }, ...lost]
  }

  private ofType(entityType: string): ScriptedCollection[] {
    return [...this.asked.values()].filter((one) => one.entityType === entityType)
  }
}
