import type { ClientEvents, Cursor, Missed } from './api.js'
import { channelPhases, channelTable, type ChannelEffect, type ChannelEvent, type ChannelPhase } from './channel-table.js'
import { cursorIn, textIn, type Incoming } from './incoming.js'
import { changeIn, goneFrom, Rows } from './rows.js'
import type { SluiceError } from './sluice-error.js'
import { isConcerned, paceFor, type AnyChange, type Subscriber } from './subscriber.js'

/** What a channel needs of those around it. */
export interface ChannelHost {
  readonly lingerMs: number
  queue(channel: Channel): void
  unask(channel: Channel): void
  remove(channel: Channel): void
  after(delayMs: number, call: () => void): () => void
  /** From 0 up to 1. */
  random(): number
  tell<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void
}

/** How long what was seen before and is refused now is not asked for again, at least: rights may come back. */
const barredMs = 60_000
const notResumed: Missed = { because: 'not_resumed', count: undefined }

/**
 * The one subscription of a client to an entity, whoever has subscribed to it here: a server knows one for each type and id on a connection.
 * Enters: what the server says of it. Leaves: changes to its subscribers, and what is to be asked for.
 */
export class Channel {
  private readonly subscribers = new Set<Subscriber>()
  private readonly rows = new Rows()
  private phase: ChannelPhase = 'away'
  private cursor: Cursor | undefined
  /** Whether it has ever stood, and does so on this connection. */
  private hasBegun = false
  private isStanding = false
  /** Whether what is shown is so now. */
  private isFresh = true
  /** Whether the server does not know the type's latest versions. */
  private isPlain = false
  /** As it was asked for last: `all` is a snapshot. */
  private asked: { readonly pace: string; readonly all: boolean; readonly since?: Cursor | undefined } = { pace: '', all: false }
  /** Has left, and is kept for a moment. */
  private last: Subscriber | undefined
  private endLinger = (): void => undefined
  private endRest = (): void => undefined

  constructor(
    readonly entityType: string | undefined,
    readonly entityId: string,
    private readonly host: ChannelHost,
  ) {}

  join(subscriber: Subscriber): void {
    this.endLinger()
    if (this.last !== subscriber) this.dismiss(this.last)
    this.last = undefined
    this.subscribers.add(subscriber)
    const { since } = subscriber.wishes
    if (this.isStanding) this.begin(subscriber)
    if (this.hasBegun && since && since !== this.cursor) {
      subscriber.miss(notResumed)
      subscriber.awaits = true
    }
    if (this.rows.isKnown && subscriber.awaits) this.showTo(subscriber)
    if (!this.isFresh) subscriber.fresh(false)
    this.askAgainIfNeeded()
  }

  /** The last one is kept up to date for a moment, as pages often come back to what they just left. */
  leave(subscriber: Subscriber): void {
    if (!this.subscribers.has(subscriber)) return
    if (this.subscribers.size > 1) {
      this.dismiss(subscriber)
      return this.askAgainIfNeeded()
    }
    this.last = subscriber
    this.endLinger = this.host.after(this.host.lingerMs, () => {
      this.dismiss(subscriber)
      this.step('left')
    })
  }

  step(event: ChannelEvent, error?: SluiceError, waitMs = barredMs): void {
    if (event === 'down') this.isStanding = this.isPlain = false
    const [phase, ...effects] = channelTable[event][channelPhases.indexOf(this.phase)]!
    this.phase = phase
    for (const effect of effects) this.act(effect, error, waitMs)
  }

  /** The members of the request for it, as it is sent now. */
  request(features: readonly string[]): object {
    const { entityId: entity_id, entityType: entity_type, hasBegun, isStanding, isPlain } = this
    const since = isStanding || isPlain || !features.includes('resume') ? undefined : this.resumeFrom()
    const all = since === undefined && (this.isAwaited || (hasBegun && !isStanding))
    const pace = paceFor(this.subscribers)
    this.asked = { pace: JSON.stringify(pace), all, since }
    if (isPlain) return { entity_id, entity_type }
    return { entity_id, entity_type, since, snapshot: (all && features.includes('snapshot')) || undefined, ...pace }
  }

  granted(message: Incoming): void {
    const { entityType, entityId } = this
    const resumed = message['resumed'] === true
    const isGap = !resumed && (this.asked.since !== undefined || (this.hasBegun && !this.isStanding))
    if (resumed || isGap) this.host.tell('resumed', { entityType, entityId, resumed, reason: textIn(message['reason']) })
    if (isGap) this.lost()
    if (resumed) this.refresh(true)
    else this.rows.expectAll()
    this.isStanding = this.hasBegun = true
    this.reach(cursorIn(message))
    this.step('granted')
    this.askAgainIfNeeded()
  }

  refused(error: SluiceError, retryAfterMs: number): void {
    const isBarred = this.hasBegun && ['forbidden', 'entity_type_stopped'].includes(error.code)
    if (error.code === 'state_unavailable' && !this.isPlain) this.cutShort(error)
    else if (retryAfterMs > 0) this.step('postponed', error, retryAfterMs)
    else this.step(isBarred ? 'barred' : 'refused', error)
  }

  /** Data replaces what was there: a part of it that is missing may not be seen any more. */
  updated(message: Incoming, entityType: string, data: Incoming): void {
    const change = changeIn(message, entityType, this.entityId, data)
    if (this.entityType !== undefined) {
      this.rows.isKnown = this.isFresh = true
      this.cursor = change.cursor ?? this.cursor
    }
    this.take(change)
  }

  /** The snapshot has named all that there is. */
  completed(message: Incoming): void {
    for (const row of this.rows.allNamed()) this.take(goneFrom(row))
    this.isFresh = true
    this.reach(cursorIn(message))
    for (const subscriber of this.subscribers) subscriber.settle()
  }

  /** Today's rights show nothing of it, or of one of its types. What comes back is told anew. */
  emptied(entityType?: string): void {
    this.cursor = undefined
    for (const row of this.rows.all()) if ((entityType ?? row.entityType) === row.entityType) this.take(goneFrom(row))
    for (const subscriber of this.subscribers) if (isConcerned(subscriber, entityType)) subscriber.settle()
  }

  miss(missed: Missed, entityType?: string): void {
    for (const subscriber of this.subscribers) if (isConcerned(subscriber, entityType)) subscriber.miss(missed)
  }

  refresh(isFresh: boolean): void {
    this.isFresh = isFresh
    for (const subscriber of this.subscribers) subscriber.fresh(isFresh)
  }

  /** Nothing of it may be kept. */
  forget(): void {
    this.rows.clear()
    this.cursor = undefined
    for (const subscriber of this.subscribers) subscriber.forget()
  }

  private act(effect: ChannelEffect, error: SluiceError | undefined, waitMs: number): void {
    if (effect === 'queue') this.host.queue(this)
    else if (effect === 'plain') this.isPlain = true
    else if (effect === 'begin') for (const subscriber of this.subscribers) this.begin(subscriber)
    else if (effect === 'rest') this.endRest = this.host.after(waitMs * (1 + this.host.random()), () => this.step('rested'))
    else if (effect === 'empty') this.emptied()
    else if (effect === 'unask') this.host.unask(this)
    else if (effect === 'fail') this.fail(error)
    else this.remove()
  }

  /** Its changes alone can be had. */
  private cutShort(error: SluiceError): void {
    this.host.tell('error', error)
    this.step('cut_short')
  }

  /** Who awaits how it is now can rely on it once that was told. */
  private begin(subscriber: Subscriber): void {
    if (!subscriber.awaits || this.isPlain) subscriber.begin()
  }

  /** What stood before it was asked for otherwise stands at the server still. */
  private fail(error: SluiceError | undefined): void {
    if (this.isStanding) this.host.unask(this)
    if (error !== undefined) this.host.tell('error', error)
    for (const subscriber of this.subscribers) subscriber.end(error)
    this.subscribers.clear()
  }

  private dismiss(subscriber: Subscriber | undefined): void {
    if (subscriber !== undefined && this.subscribers.delete(subscriber)) subscriber.forget()
  }

  private remove(): void {
    this.endLinger()
    this.endRest()
    this.host.remove(this)
  }

  /** What came meanwhile is not known, so that how it is now is news even where that is the same. */
  private lost(): void {
    this.miss(notResumed)
    for (const subscriber of this.subscribers) subscriber.awaits = true
  }

  private take(change: AnyChange): void {
    const wasTold = this.rows.put(change.entityType, change)
    for (const subscriber of this.subscribers)
      if (isConcerned(subscriber, change.entityType) && (!wasTold || subscriber.awaits)) subscriber.take(change)
  }

  private showTo(subscriber: Subscriber): void {
    for (const row of this.rows.all())
      if (isConcerned(subscriber, row.entityType)) subscriber.take({ ...row, operation: 'snapshot' } as AnyChange)
    subscriber.settle()
  }

  /** Only of one type: there is no cursor of several. */
  private reach(cursor: Cursor | undefined): void {
    if (cursor === undefined || this.entityType === undefined) return
    this.cursor = cursor
    for (const subscriber of this.subscribers) subscriber.reach(cursor)
  }

  private resumeFrom(): Cursor | undefined {
    if (this.entityType === undefined || this.hasBegun) return this.cursor
    return [...this.subscribers].find(({ wishes }) => wishes.since)?.wishes.since ?? undefined
  }

  private askAgainIfNeeded(): void {
    if (JSON.stringify(paceFor(this.subscribers)) !== this.asked.pace || (this.isAwaited && !this.asked.all)) this.step('changed')
  }

  private get isAwaited(): boolean {
    return !this.rows.isKnown && [...this.subscribers].some(({ awaits }) => awaits)
  }
}
