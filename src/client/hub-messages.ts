import { granted, reach, refused } from './channel.js'
import type { Channel, Hub } from './hub.js'
import { isObject, numberIn, textIn, type Incoming } from './incoming.js'
import { answered } from './outbox.js'
import { complete, empty, tellEach, update } from './rows.js'
import { endsRights, errorIn } from './server-error.js'
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
    const { data } = message
    for (const channel of concerned(hub, message, type))
      if (type && isObject(data)) update(channel, message, type, data)
      else hub.broken()
  },
  snapshot_complete(hub, message, type) {
    const channel = concerned(hub, message, type).find((one) => one.type === type)
    if (!channel) return
    reach(channel, message)
    complete(channel)
  },
  gap: (hub, message, type) => miss(hub, message, type, { because: 'slow', count: numberIn(message['missed']) }),
  error(hub, message, type) {
    const { error, floorMs } = errorIn(message)
    const channel = answered(hub, message['ref'])
    if (channel) refused(hub, channel, error, floorMs)
    else hub.tell('error', error)
    if (channel) return
    if (error.code === 'update_too_large') miss(hub, message, type, { because: 'too_large', count: 1 })
    if (endsRights(error)) for (const one of concerned(hub, message, type)) empty(one, type)
  },
}

function miss(hub: Hub, message: Incoming, type: string | undefined, missed: Missed): void {
  for (const channel of concerned(hub, message, type)) tellEach(channel, type, (subscriber) => subscriber.miss(missed))
}

/** Without a type, only those without one. */
function concerned({ channels }: Hub, { entity_id }: Incoming, type: string | undefined): readonly Channel[] {
  return (channels.get(textIn(entity_id) ?? '') ?? []).filter((one) => !one.type || one.type === type)
}
