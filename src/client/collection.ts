import { sortedJson } from '#text/sorted-json.js'
import type { ChangesOptions, Collection, CollectionOptions, EntityOptions, Subscription } from './api.js'
import type { Topic } from './hub.js'
import { makeStateStore } from './state-store.js'
import type { Subscriber } from './subscriber.js'
import { makeSubscription } from './subscription.js'
import type { Turns } from './turns.js'
import { collectionView } from './views.js'

/** As many entities as a collection may have by default come at once, and some changes of them. */
const queueMaxByDefault = 16_384

/** The same for filters and fields that say the same, as a server takes them for one collection. Whoever changes theirs later changes nothing. */
export function topicOf(entity_type: string, { where = {}, fields }: CollectionOptions): Topic {
  return JSON.parse(sortedJson({ entity_type, where, fields: fields && [...new Set(fields)].sort() })) as Topic
}

/** @param join as of stores and streams */
export function makeCollection(
  type: string,
  wishes: EntityOptions,
  turns: Turns,
  join: (subscriber: Subscriber) => () => void,
): Collection<Record<string, object>, string> {
  const changes = ({ signal, queueMax = queueMaxByDefault }: ChangesOptions = {}) =>
    makeSubscription({ type, isOfMany: true, wishes: { ...wishes, signal, queueMax, snapshot: true }, turns, join }) as Subscription<never>
  return Object.assign(makeStateStore(collectionView, type, wishes, turns, join), { changes })
}
