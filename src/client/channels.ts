import type { ClientEvents } from './api.js'
import { Channel, type ChannelHost } from './channel.js'
import { isObject, numberIn, textIn, type Incoming } from './incoming.js'
import { Outbox, type Server } from './outbox.js'
import { errorIn } from './server-error.js'
import type { SluiceError } from './sluice-error.js'
import type { Subscriber } from './subscriber.js'
import type { Surroundings } from './surroundings.js'

export interface ChannelsOptions {
  readonly surroundings: Surroundings
  readonly hasMarks: boolean
  readonly lingerMs: number
  tell<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void
  /** The first subscription, or none any more. */
  wanted(isWanted: boolean): void
  /** The server does not do what it must. */
  broken(reason: string): void
}

/** Enters: who subscribes to what, and what the server says of it. Leaves: requests, and changes to the subscribers. */
export class Channels implements ChannelHost {
  readonly lingerMs: number
  private readonly byId = new Map<string, Channel[]>()
  private readonly outbox: Outbox
  private ending: { readonly error: SluiceError | undefined } | undefined

  constructor(private readonly options: ChannelsOptions) {
    this.lingerMs = options.lingerMs
    this.outbox = new Outbox(options.surroundings, options.hasMarks, (reason) => options.broken(reason))
  }

  /** Answers what ends it. */
  join(entityType: string | undefined, entityId: string, subscriber: Subscriber): () => void {
    const type = this.options.hasMarks ? entityType : undefined
    const channel = this.of(entityId).find((one) => one.entityType === type) ?? this.add(new Channel(type, entityId, this))
    channel.join(subscriber)
    if (this.ending !== undefined) channel.step('over', this.ending.error)
    return () => channel.leave(subscriber)
  }

  connected(server: Server): void {
    this.outbox.up(server)
  }

  /** A connection may take requests, or one with other rights. */
  up(): void {
    for (const channel of this.all()) channel.step('up')
  }

  down(): void {
    this.outbox.down()
    for (const channel of this.all()) channel.step('down')
  }

  stale(): void {
    for (const channel of this.all()) channel.refresh(false)
  }

  forget(): void {
    for (const channel of this.all()) channel.forget()
  }

  over(error: SluiceError | undefined): void {
    this.ending = { error }
    this.outbox.down()
    for (const channel of this.all()) channel.step('over', error)
  }

  take(message: Incoming): void {
    const { type, ref } = message
    const entityType = textIn(message['entity_type'])
    if (type === 'entity_update') this.update(message, entityType)
    else if (type === 'subscription_success') this.outbox.answered(ref)?.granted(message)
    else if (type === 'unsubscription_success') this.outbox.answered(ref)
    else if (type === 'error') this.fail(message, entityType)
    else if (type === 'snapshot_complete')
      this.of(message['entity_id'])
        .find((one) => one.entityType === entityType)
        ?.completed(message)
    else if (type === 'gap') this.miss(message, entityType, 'slow', numberIn(message['missed']))
  }

  queue(channel: Channel): void {
    this.outbox.put('subscribe', channel)
  }

  unask(channel: Channel): void {
    this.outbox.put('unsubscribe', channel)
  }

  remove(channel: Channel): void {
    const others = this.of(channel.entityId).filter((one) => one !== channel)
    if (others.length > 0) this.byId.set(channel.entityId, others)
    else this.byId.delete(channel.entityId)
    if (this.byId.size === 0) this.options.wanted(false)
  }

  after(delayMs: number, call: () => void): () => void {
    return this.options.surroundings.after(delayMs, call)
  }

  random(): number {
    return this.options.surroundings.random()
  }

  tell<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void {
    this.options.tell(event, value)
  }

  private add(channel: Channel): Channel {
    this.byId.set(channel.entityId, [...this.of(channel.entityId), channel])
    this.options.wanted(true)
    if (this.outbox.isUp) channel.step('up')
    return channel
  }

  private update(message: Incoming, entityType: string | undefined): void {
    const data = message['data']
    for (const channel of this.about(message, entityType))
      if (entityType !== undefined && isObject(data)) channel.updated(message, entityType, data)
      else this.options.broken('An update has no type or no data.')
  }

  private fail(message: Incoming, entityType: string | undefined): void {
    const { error, floorMs } = errorIn(message)
    const { code } = error
    const channel = this.outbox.answered(message['ref'])
    if (channel !== undefined) return channel.refused(error, floorMs)
    if (code === 'forbidden' || code === 'entity_type_stopped') for (const one of this.about(message, entityType)) one.emptied(entityType)
    if (code === 'update_too_large') this.miss(message, entityType, 'too_large', 1)
    this.tell('error', error)
  }

  private miss(message: Incoming, entityType: string | undefined, because: 'slow' | 'too_large', count: number | undefined): void {
    for (const channel of this.about(message, entityType)) channel.miss({ because, count }, entityType)
  }

  /** Those that a message about an entity concerns: without a type, only those without one. */
  private about({ entity_id }: Incoming, entityType: string | undefined): Channel[] {
    return this.of(entity_id).filter((one) => one.entityType === undefined || one.entityType === entityType)
  }

  private of(entityId: unknown): readonly Channel[] {
    return this.byId.get(entityId as string) ?? []
  }

  private all(): Channel[] {
    return [...this.byId.values()].flat()
  }
}
