import type { Cursor, Missed } from './api.js'
import type { Channel } from './hub.js'
import { textIn, type Incoming } from './incoming.js'
import type { SluiceError } from './sluice-error.js'
import type { AnyChange, Subscriber } from './subscriber.js'

/** Those that a type concerns; without one, all. */
export function tellEach({ subscribers }: Channel, call: (subscriber: Subscriber) => void, type?: string): void {
  for (const subscriber of subscribers) if (!type || !subscriber.type || subscriber.type === type) call(subscriber)
}

/** Data replaces what was there: a part of it that is missing may not be seen any more. */
export function update(channel: Channel, message: Incoming, type: string, id: string, data: Incoming): void {
  const change = changeIn(message, type, id, data)
  if (channel.type && !isCollection(channel)) {
    channel.isKnown = true
    channel.cursor = change.cursor ?? channel.cursor
  }
  put(channel, change)
}

export function isCollection({ id }: Channel): boolean {
  return id === undefined
}

/** Whatever a snapshot does not name is gone. That of a collection may take a while, in which the rows are those of before. */
export function expectAll(channel: Channel): void {
  for (const row of channel.rows.keys()) channel.unnamed.add(row)
  if (!isCollection(channel) || !channel.askedAll) return
  channel.isKnown = false
  channel.error = undefined
  refresh(channel, false)
}

/** By itself the server sends a snapshot of a collection. */
export function beginAnew(channel: Channel): void {
  channel.askedAll = true
  expectAll(channel)
}

/** A snapshot has named all that there is. */
export function complete(channel: Channel): void {
  takeAway(channel, channel.unnamed)
  channel.isKnown = true
  tellEach(channel, (subscriber) => settle(subscriber))
}

/** Today's rights show nothing of it, or of one of its types, also of what was shown to somebody else. What comes back is told anew. */
export function empty(channel: Channel, error: SluiceError, type?: string): void {
  const { rows, unnamed } = channel
  channel.cursor = undefined
  takeAway(channel, new Set([...rows.keys(), ...unnamed].filter((one) => !type || one === type)))
  channel.error = isCollection(channel) ? error : undefined
  tellEach(channel, (subscriber) => settle(subscriber, channel.error), type)
}

/** Nothing of it may be kept. What was shown by then is named by the next snapshot, or gone. */
export function forget(channel: Channel): void {
  expectAll(channel)
  channel.rows.clear()
  channel.cursor = undefined
  channel.isKnown = false
  tellEach(channel, forgetBy)
}

export function miss(channel: Channel, missed: Missed, type?: string): void {
  tellEach(channel, (subscriber) => subscriber.miss(missed), type)
}

export function refresh(channel: Channel, isFresh: boolean): void {
  tellEach(channel, (subscriber) => subscriber.fresh?.(isFresh))
}

/** Tells one who came later how it is. */
export function showTo(subscriber: Subscriber, { rows, isKnown, error }: Channel): void {
  for (const row of rows.values())
    if (!subscriber.type || subscriber.type === row.entityType) take(subscriber, { ...row, operation: 'snapshot' } as AnyChange)
  if (isKnown || error) settle(subscriber, error)
}

/** The same version once more may show less of it, so nothing is left out by its cursor. */
function put(channel: Channel, change: AnyChange): void {
  const { entityType, entityId, operation } = change
  const row = isCollection(channel) ? entityId : entityType
  channel.unnamed.delete(row)
  if (operation === 'delete') channel.rows.delete(row)
  else channel.rows.set(row, change)
  tellEach(channel, (subscriber) => take(subscriber, change), entityType)
}

function take(subscriber: Subscriber, change: AnyChange): void {
  subscriber.awaits = false
  subscriber.take(change)
}

function settle(subscriber: Subscriber, error?: SluiceError): void {
  subscriber.awaits = false
  subscriber.settle(error)
}

export function forgetBy(subscriber: Subscriber): void {
  subscriber.awaits = true
  subscriber.forget()
}

function takeAway(channel: Channel, rows: Iterable<string>): void {
  const { type, id } = channel
  for (const row of rows) put(channel, changeIn({ operation: 'delete' }, id === undefined ? type! : row, id ?? row, {}))
}

const operations = ['create', 'update', 'snapshot', 'delete'] as const

/** An operation of a later server brings the whole entity, as all do but one. */
function changeIn(message: Incoming, entityType: string, entityId: string, data: Incoming): AnyChange {
  const operation = operations.find((known) => known === message['operation']) ?? 'update'
  const cursor = textIn(message['cursor']) as Cursor | undefined
  const about = { entityType, entityId, timestamp: textIn(message['timestamp']), cursor, missed: undefined }
  return operation === 'delete' ? { ...about, operation, data: undefined } : { ...about, operation, data }
}
