import type { Request } from '#protocol/request.js'
import type { SimulatedRights } from './known-rights.js'
import { nothingOf, type Held, type PagePicture } from './page-picture.js'
import type { PageSimulation } from './page-simulation.js'
import { entities } from './simulated-world.js'

export interface PageWishes {
  readonly on_slow?: 'close' | 'conflate'
  readonly max_hz?: number
}

/** A subscription that the page wants to have at whatever node it is connected to. */
interface Wanted {
  readonly entityId: string
  /** Undefined where it asks for every type that has the id. */
  readonly entityType: string | undefined
  /** Whether the node that it is connected to has said that it stands. */
  stands: boolean
  isAsked: boolean
}

type Message = Record<string, unknown>

const allTypes = entities.map(({ name }) => name)

export interface PageEntitiesOptions {
  readonly picture: PagePicture
  readonly world: PageSimulation
  /** Whether it speaks the seed's dialect, in which nobody asks for a type or a snapshot. */
  readonly isOfSeed: boolean
  /** How it wishes to be served while it reads slowly. */
  readonly wishes: PageWishes
  readonly say: (request: Request) => void
}

/** The entities that a page has subscribed to: what it asks for, gives up and holds. What it holds and should hold says its picture. */
export class PageEntities {
  private readonly wanted = new Map<string, Wanted>()
  private readonly held = new Map<string, Held>()
  /** By entity id: how many answers are still to come that end subscriptions. What comes before them is none of those that followed. */
  private readonly left = new Map<string, number>()

  constructor(private readonly options: PageEntitiesOptions) {}

  /** At a node to which the page has just come. */
  connected(): void {
    this.left.clear()
    for (const one of this.wanted.values()) one.stands = one.isAsked = false
    for (const one of this.held.values()) this.beginAnew(one)
  }

  /** Asks for what does not stand yet, since what it holds. */
  askAll(): void {
    for (const one of this.wanted.values()) if (!one.stands && !one.isAsked) this.ask(one)
  }

  /** @param type undefined for every type that has the id, as the seed's dialect always asks. */
  wish(type: string | undefined, entityId: string, isWanted: boolean): void {
    const entityType = this.options.isOfSeed ? undefined : type
    const key = wantedKey(entityType, entityId)
    if (!isWanted && !this.options.isOfSeed) return this.giveUp(key, entityType, entityId)
    const one = this.wanted.get(key) ?? { entityId, entityType, stands: false, isAsked: false }
    this.wanted.set(key, one)
    for (const its of typesOf(one)) if (!this.held.has(`${its}/${entityId}`)) this.held.set(`${its}/${entityId}`, nothingOf(its, entityId))
    if (!one.isAsked) this.ask(one)
  }

  take(message: Message, rights: readonly SimulatedRights[]): void {
    const { type, entity_id: id, entity_type: its } = message
    const entityId = String(id)
    const left = this.left.get(entityId) ?? 0
    if (left > 0) {
      if (type === 'unsubscription_success' || message['code'] === 'not_subscribed') this.left.set(entityId, left - 1)
      return
    }
    const entityType = typeof its === 'string' ? its : undefined
    const one = this.wanted.get(wantedKey(entityType, entityId))
    const some = (entityType === undefined ? allTypes : [entityType]).flatMap((each) => this.held.get(`${each}/${entityId}`) ?? [])
    if (type === 'error') return this.takeError(message, one, some)
    if (type === 'subscription_success' && one !== undefined) this.takeSuccess(message, one, some)
    if (type === 'snapshot_complete')
      this.options.picture.noteSnapshot(
        some.filter((held) => !this.isToGoOn(held)),
        message['count'],
      )
    if (entityType === undefined) return
    for (const held of some) this.takeAbout(held, message, rights)
  }

  /** What it lacks, or has too much, once all is quiet. */
  wrongs(rights: SimulatedRights): string[] {
    return [...this.held.values()].flatMap((one) => this.options.picture.wrong(one, rights, !this.options.isOfSeed))
  }

  /** At a node to which it has just come. */
  private beginAnew(one: Held): void {
    one.wasTold = false
    one.from = Infinity
    const typed = this.wanted.has(wantedKey(one.entityType, one.entityId))
    const untyped = this.wanted.has(wantedKey(undefined, one.entityId))
    // Whoever has no subscription by which it could go on begins anew.
    if (!typed) one.entity = one.cursor = undefined
    // Whoever names no version may be shown any.
    if (untyped || one.cursor === undefined || one.cursor === 'none') one.version = undefined
  }

  /** Whether an answer is to come by which the page goes on from what it holds. */
  private isToGoOn({ entityType, entityId }: Held): boolean {
    return this.wanted.get(wantedKey(entityType, entityId))?.stands === false
  }

  /** Where several subscriptions are to the same id, none ends: what comes meanwhile would belong to either. */
  private giveUp(key: string, entityType: string | undefined, entityId: string): void {
    const ofId = [...this.wanted.values()].filter((one) => one.entityId === entityId)
    if (ofId.length > 1 || !this.wanted.delete(key)) return
    for (const its of allTypes) this.held.delete(`${its}/${entityId}`)
    this.left.set(entityId, (this.left.get(entityId) ?? 0) + 1)
    this.options.say({ type: 'unsubscribe', entity_id: entityId, entity_type: entityType })
  }

  private ask(one: Wanted): void {
    one.isAsked = true
    const { entityId, entityType } = one
    const cursor = entityType === undefined ? undefined : this.held.get(`${entityType}/${entityId}`)!.cursor
    if (this.options.isOfSeed) return this.options.say({ type: 'subscribe', entity_id: entityId })
    if (entityType === undefined) this.options.world.met.untyped++
    const request = { type: 'subscribe', entity_id: entityId, entity_type: entityType, ...this.options.wishes } as const
    this.options.say(cursor === undefined ? { ...request, snapshot: true } : { ...request, since: cursor })
  }

  private takeError({ code, entity_id: id }: Message, one: Wanted | undefined, some: readonly Held[]): void {
    // In the seed's dialect an error does not say what it is about.
    if (id === undefined) for (const each of this.wanted.values()) each.isAsked &&= each.stands
    if (one === undefined) return
    one.isAsked = false
    if (code === 'cursor_ahead') this.options.world.met.ahead++
    const isCovered = one.entityType !== undefined && this.wanted.has(wantedKey(undefined, one.entityId))
    for (const held of some) {
      // What it cannot go on from, and is told anew by another subscription, is what that tells.
      if (code === 'cursor_ahead' && isCovered && !held.wasTold) held.entity = held.cursor = held.version = undefined
      // Who may see nothing of it holds nothing of it, unless another subscription has said otherwise.
      if (code === 'forbidden' && !(isCovered && held.wasTold)) held.entity = held.cursor = undefined
    }
  }

  private takeSuccess({ resumed }: Message, one: Wanted, some: readonly Held[]): void {
    const { met, written } = this.options.world
    one.stands = true
    for (const held of some) {
      held.hasGap = resumed !== true
      held.from = Math.min(held.from, written.length)
    }
    if (resumed === true) met.resumed++
    if (resumed === false) met.notResumed++
  }

  private takeAbout(held: Held, message: Message, rights: readonly SimulatedRights[]): void {
    const { type, cursor, missed } = message
    if (type === 'gap') this.options.picture.noteGap(held, missed)
    if (type === 'entity_update' && this.options.isOfSeed) this.options.picture.showUntimed(held, message, rights)
    else if (type === 'entity_update') this.options.picture.show(held, message, rights)
    if (typeof cursor === 'string') held.cursor = cursor
  }
}

function wantedKey(entityType: string | undefined, entityId: string): string {
  return `${entityType ?? '*'}/${entityId}`
}

function typesOf({ entityType }: Wanted): readonly string[] {
  return entityType === undefined ? allTypes : [entityType]
}
