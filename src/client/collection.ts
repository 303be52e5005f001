import { sortedJson } from '#text/sorted-json.js'
import type { ChangesOptions, Collection, CollectionOptions, Subscription } from './api.js'
import type { Topic } from './hub.js'
import { makeStateStore, type StoreParts } from './state-store.js'
import { makeSubscription } from './subscription.js'
import { collectionView } from './views.js'

/** As many entities as a collection may have by default come at once, and some changes of them. */
const queueMaxByDefault = 16_384

/** The same for filters and fields that say the same, as a server takes them for one collection. Whoever changes theirs later changes nothing. */
export function topicOf(entity_type: string, { where = {}, fields }: CollectionOptions): Topic {
  return JSON.parse(sortedJson({ entity_type, where, fields: fields && [...new Set(fields)].sort() })) as Topic
}

export function makeCollection(parts: StoreParts): Collection<Record<string, object>, string> {
  const changes = ({ signal, queueMax = queueMaxByDefault }: ChangesOptions = {}) =>
    makeSubscription({ ...parts, isOfMany: true, wishes: { ...parts.wishes, signal, queueMax, snapshot: true } }) as Subscription<never>
  return Object.assign(makeStateStore(collectionView, parts), { changes })
}
