import type { Cursor, Missed } from './api.js'
import { channelPhases, channelTable, type ChannelEffect, type ChannelEvent } from './channel-table.js'
import type { Channel, Hub, Topic } from './hub.js'
import { textIn, type Incoming } from './incoming.js'
import { empty, expectAll, forgetBy, isCollection, miss, refresh, showTo, tellEach } from './rows.js'
import { longestMs } from './retry-delay.js'
import { leavesNothing } from './server-error.js'
import type { SluiceError } from './sluice-error.js'
import type { Subscriber } from './subscriber.js'

const notResumed: Missed = { because: 'not_resumed', count: undefined }
/** What was refused may be permitted by now: so long it rests, and up to twice as long. */
const refusedMs = 60_000

/** The same for the same topic. That of an entity is made for each of its messages, which JSON would make dearer by a tenth. */
export function keyOf(topic: Topic): string {
  const { entity_id: id, entity_type: type = '' } = topic
  return id === undefined ? JSON.stringify(topic) : `${id.length} ${id} ${type}`
}

export function makeChannel(topic: Topic): Channel {
  return {
    ...{ topic, type: topic.entity_type, id: topic.entity_id },
    ...{ subscribers: new Set(), phase: 'away', rows: new Map(), unnamed: new Set(), pace: {} },
  }
}

/** How it is to be sent is replaced by who comes last, as a server does. */
export function join(hub: Hub, channel: Channel, subscriber: Subscriber): void {
  const { since, maxHz, onSlow } = subscriber.wishes
  const { pace } = channel
  channel.endLinger?.()
  if (channel.last !== subscriber) dismiss(channel, channel.last)
  channel.last = undefined
  channel.subscribers.add(subscriber)
  channel.pace = { maxHz, onSlow }
  if (channel.isStanding) begin(channel, subscriber)
  if (channel.hasBegun && since && since !== channel.cursor) {
    subscriber.miss(notResumed)
    subscriber.awaits = true
  }
  if ((channel.isKnown || isCollection(channel)) && subscriber.awaits) showTo(subscriber, channel)
  if (!channel.isStanding) subscriber.fresh?.(false)
  if (maxHz !== pace.maxHz || onSlow !== pace.onSlow) step(hub, channel, 'changed')
  else askForAll(hub, channel)
  if (channel.isRefused) step(hub, channel, 'rested')
}

/** The last one is kept up to date for a moment, as pages often come back to what they just left. */
export function leave(hub: Hub, channel: Channel, subscriber: Subscriber): void {
  if (channel.subscribers.size > 1) dismiss(channel, subscriber)
  else if (channel.subscribers.has(subscriber)) {
    channel.last = subscriber
    channel.endLinger = hub.around.after(hub.lingerMs, () => {
      dismiss(channel, subscriber)
      leaveEmpty(hub, channel)
    })
  }
}

export function step(hub: Hub, channel: Channel, event: ChannelEvent, error?: SluiceError, waitMs = 0): void {
  const [phase, ...effects] = channelTable[event][channelPhases.indexOf(channel.phase)]!
  channel.phase = phase
  for (const effect of effects) effectsByName[effect](hub, channel, error, waitMs)
}

/** Nothing stands any more. */
export function down(hub: Hub, channel: Channel): void {
  channel.isStanding = channel.isPlain = false
  step(hub, channel, 'down')
  leaveEmpty(hub, channel)
}

/** How it is asked for now, as members of the request. */
export function wishesFor(channel: Channel, features: readonly string[]): object {
  const { hasBegun, isStanding, isPlain, pace } = channel
  const since = (channel.askedSince = isStanding || isPlain || !features.includes('resume') ? undefined : cursorFor(channel))
  channel.askedAll = !since && (isAwaited(channel) || (hasBegun && !isStanding))
  const snapshot = (channel.askedAll && features.includes('snapshot')) || undefined
  return isPlain ? {} : { since, snapshot, max_hz: pace.maxHz, on_slow: pace.onSlow }
}

export function granted(hub: Hub, channel: Channel, message: Incoming): void {
  if (channel.phase === 'gone') return
  const { type: entityType, id: entityId, hasBegun, isStanding, askedSince, unnamed } = channel
  const resumed = message['resumed'] === true
  const isGap = !resumed && (askedSince !== undefined || (hasBegun && !isStanding))
  if (entityId === undefined) hub.collections.set((channel.subscription = textIn(message['subscription']) ?? ''), channel)
  else if (resumed || isGap) hub.tell('resumed', { entityType, entityId, resumed, reason: textIn(message['reason']) })
  if (isGap) miss(channel, notResumed)
  if (resumed) unnamed.clear()
  else expectAll(channel)
  if (resumed) refresh(channel, true)
  channel.isStanding = channel.hasBegun = true
  channel.isRefused = false
  reach(channel, message)
  step(hub, channel, 'granted')
  askForAll(hub, channel)
  leaveEmpty(hub, channel)
}

/** There is no cursor of several types. */
export function reach(channel: Channel, { cursor }: Incoming): void {
  if (channel.type) channel.cursor = (textIn(cursor) as Cursor | undefined) ?? channel.cursor
}

/**
 * Streams that have not begun end with the error. All others stay, as rights may come back: what stood before the connection was lost, and
 * stores, whose state the error is.
 */
export function refused(hub: Hub, channel: Channel, error: SluiceError, retryAfterMs: number): void {
  const { phase, hasBegun, isPlain, isRefused, subscribers } = channel
  if (phase === 'gone') return
  if (error.code === 'collection_too_large') channel.isStanding = false
  if (retryAfterMs === 0) {
    if (!isRefused) hub.tell('error', error)
    // Its changes alone can be had.
    if (error.code === 'state_unavailable' && !isPlain && !isCollection(channel)) return step(hub, channel, 'cut_short')
    channel.isRefused = true
    if (!hasBegun) endAll(channel, error)
    else if (leavesNothing(error)) empty(channel, error)
  }
  // To ask for a collection that is too large means to be sent as much of it as there may be.
  const restMs = error.code === 'collection_too_large' ? longestMs : refusedMs
  step(hub, channel, subscribers.size > 0 ? 'postponed' : 'refused', error, retryAfterMs || restMs)
}

type EffectOf = (hub: Hub, channel: Channel, error: SluiceError | undefined, waitMs: number) => void

const effectsByName: { readonly [E in ChannelEffect]: EffectOf } = {
  queue(hub, channel) {
    hub.asking.add(channel)
    hub.send()
  },
  plain: (_hub, channel) => (channel.isPlain = true),
  begin: (_hub, channel) => tellEach(channel, (subscriber) => begin(channel, subscriber)),
  rest(hub, channel, _error, waitMs) {
    const { around } = hub
    channel.endRest?.()
    channel.endRest = around.after(waitMs * (1 + around.random()), () => step(hub, channel, 'rested'))
  },
  unask(hub, channel) {
    // A collection that was never granted has no name to be left by.
    if (isCollection(channel) && channel.subscription === undefined) return
    hub.leaving.add(channel)
    hub.send()
  },
  remove(hub, channel) {
    channel.endLinger?.()
    channel.endRest?.()
    hub.asking.delete(channel)
    hub.channels.delete(keyOf(channel.topic))
    hub.collections.delete(channel.subscription!)
    if (hub.channels.size === 0) hub.want(false)
  },
  fail(_hub, channel, error) {
    endAll(channel, error)
    channel.subscribers.clear()
  },
}

function endAll({ subscribers }: Channel, error: SluiceError | undefined): void {
  for (const subscriber of subscribers) if (!subscriber.end(error)) subscribers.delete(subscriber)
}

/** A collection is left by the name that its answer brings, so that this is waited for. */
function leaveEmpty(hub: Hub, channel: Channel): void {
  const isNameless = isCollection(channel) && channel.phase === 'asked'
  if (channel.subscribers.size === 0 && !isNameless) step(hub, channel, 'left')
}

/** Who awaits how it is now can rely on it once that was told. */
function begin({ isPlain }: Channel, subscriber: Subscriber): void {
  if (!subscriber.awaits || isPlain) subscriber.begin?.()
}

function dismiss({ subscribers }: Channel, subscriber: Subscriber | undefined): void {
  if (subscriber && subscribers.delete(subscriber)) forgetBy(subscriber)
}

function cursorFor({ type, hasBegun, cursor, subscribers }: Channel): Cursor | undefined {
  if (!type || hasBegun) return cursor
  return [...subscribers].find(({ wishes }) => wishes.since)?.wishes.since ?? undefined
}

/** Who came while something else was asked for waits for all that there is. */
function askForAll(hub: Hub, channel: Channel): void {
  if (isAwaited(channel) && !channel.askedAll) step(hub, channel, 'changed')
}

function isAwaited({ isKnown, subscribers }: Channel): boolean {
  return !isKnown && [...subscribers].some(({ awaits }) => awaits)
}
