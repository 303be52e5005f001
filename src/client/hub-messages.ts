import { isJsonObject } from '#text/json-object.js'
import { granted, keyOf, reach, refused } from './channel.js'
import type { Channel, Hub } from './hub.js'
import { numberIn, textIn, type Incoming } from './incoming.js'
import { answered } from './outbox.js'
import { beginAnew, complete, empty, miss, update } from './rows.js'
import { errorIn, leavesNothing } from './server-error.js'
import type { Missed } from './api.js'

type Take = (hub: Hub, message: Incoming, type: string | undefined) => void

/** What a message of the server does to the subscriptions that it concerns; what is of none of these types does nothing. */
export const takes: Readonly<Record<string, Take>> = {
  subscription_success(hub, message) {
    const channel = answered(hub, message['ref'])
    if (channel) granted(hub, channel, message)
  },
  unsubscription_success: (hub, message) => void answered(hub, message['ref']),
  entity_update(hub, message, type) {
    const { data, entity_id: id } = message
    const isUpdate = type && isJsonObject(data) && typeof id === 'string'
    if (!isUpdate) hub.broken()
    else for (const channel of concerned(hub, message, type)) update(channel, message, type, id, data)
  },
  snapshot_complete(hub, message, type) {
    const channel = concerned(hub, message, type).find((one) => one.type === type)
    if (!channel) return
    reach(channel, message)
    complete(channel)
  },
  snapshot_started: (hub, message, type) => concerned(hub, message, type).forEach(beginAnew),
  gap: (hub, message, type) => missBy(hub, message, type, { because: 'slow', count: numberIn(message['missed']) }),
  error(hub, message, type): void {
    const { error, floorMs } = errorIn(message)
    const ended = error.code === 'collection_too_large' ? hub.collections.get(message['subscription'] as string) : undefined
    const channel = answered(hub, message['ref']) ?? ended
    if (channel) return refused(hub, channel, error, floorMs)
    if (error.code === 'update_too_large') missBy(hub, message, type, { because: 'too_large', count: 1 })
    hub.tell('error', error)
    if (leavesNothing(error)) for (const one of concerned(hub, message, type)) empty(one, error, type)
  },
}

function missBy(hub: Hub, message: Incoming, type: string | undefined, missed: Missed): void {
  for (const channel of concerned(hub, message, type)) miss(channel, missed, type)
}

/**
 * The collection that is named, or those of the entity that stand: what comes earlier is of a subscription that was left before. Without a
 * type, only those without one.
 */
function concerned({ channels, collections }: Hub, { subscription, entity_id }: Incoming, entity_type: string | undefined): Channel[] {
  const id = textIn(entity_id) ?? ''
  const found =
    subscription === undefined
      ? [channels.get(keyOf({ entity_id: id })), entity_type && channels.get(keyOf({ entity_id: id, entity_type }))]
      : [collections.get(subscription as string)]
  return found.filter((one) => one && one.isStanding && (!one.type || one.type === entity_type)) as Channel[]
}
