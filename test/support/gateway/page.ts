import { isDeepStrictEqual } from 'node:util'
import type { Connection } from '#gateway/deliver/connection/connection.js'
import type { Subprotocol } from '#protocol/dialect.js'
import { writeRequest } from '#protocol/request.js'
import { PageList } from './page-list.js'
import { nothingOf, PagePicture, type Held } from './page-picture.js'
import type { PageConnection, PageSimulation, SimulatedRights } from './page-simulation.js'
import type { SimulatedList } from './simulated-lists.js'
import { entities, type SimulatedUser } from './simulated-world.js'

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

/** A page with a connection that comes and goes. What it holds and should hold says its picture. */
export class Page {
  readonly picture: PagePicture
  connection: PageConnection | undefined
  private readonly wanted = new Map<string, Wanted>()
  private readonly held = new Map<string, Held>()
  /** By entity id: how many answers are still to come that end subscriptions. What comes before them is none of those that followed. */
  private readonly left = new Map<string, number>()
  private readonly lists = new Map<string, PageList>()
  /** By the id of a list: how many answers are still to come that end it. */
  private readonly leftLists = new Map<string, number>()
  private read_ = 0
  /** Who else its user may be by now. */
  private perhaps: readonly SimulatedUser[] = []

  constructor(
    public user: SimulatedUser,
    /** What it speaks; the seed's dialect where it names nothing. */
    readonly subprotocol: Subprotocol | undefined,
    /** How it wishes to be served while it reads slowly. */
    private readonly wishes: PageWishes,
    private readonly world: PageSimulation,
  ) {
    this.picture = new PagePicture(user.sub, world, wishes.max_hz !== undefined)
    this.picture.faces.add(user)
  }

  get isConnected(): boolean {
    if (this.connection?.transport.closedWith !== undefined) this.leave()
    return this.connection !== undefined
  }

  private get isOfSeed(): boolean {
    return this.subprotocol === undefined
  }

  connected(connection: PageConnection): void {
    this.connection = connection
    this.perhaps = []
    this.left.clear()
    this.leftLists.clear()
    this.read_ = 0
    for (const one of this.wanted.values()) one.stands = one.isAsked = false
    for (const one of this.held.values()) this.beginAnew(one)
    for (const list of this.lists.values()) list.beginAnew()
    this.subscribeAll()
  }

  /** Its rights are other ones, for what has not left. While a token is verified it may be either of two. */
  rightsAreNow(policy: number, ...perhaps: readonly SimulatedUser[]): void {
    const { transport, rightsFrom } = this.connection!
    const rights = [this.user, ...perhaps].map((user) => ({ policy, user }))
    rightsFrom.push([transport.received.length - transport.messagesInBuffer, ...rights])
    this.perhaps = perhaps
  }

  policyIsNow(policy: number): void {
    this.rightsAreNow(policy, ...this.perhaps)
  }

  /** Answers whether the new token is on its way: until it has been verified either rights may hold. */
  authenticate(user: SimulatedUser): boolean {
    if (this.isOfSeed || !this.isConnected) return false
    this.read()
    this.rightsAreNow(this.policy, user)
    this.picture.faces.add(user)
    this.connection!.accepted.receiveText(writeRequest({ type: 'authenticate', token: JSON.stringify(user) }))
    return true
  }

  authenticated(user: SimulatedUser): void {
    const { connection } = this
    if (connection === undefined) return
    // One that comes too soon after another is refused.
    const { roles, claims } = (connection.accepted as Pick<Connection, 'identity'> & typeof connection.accepted).identity
    if (isDeepStrictEqual([roles, claims['region']], [user.roles, user.region])) this.user = user
    this.rightsAreNow(this.policy)
  }

  /** Asks for what does not stand yet, since what it holds. */
  subscribeAll(): void {
    if (!this.isConnected) return
    this.read()
    for (const one of this.wanted.values()) if (!one.stands && !one.isAsked) this.ask(one)
    for (const list of this.lists.values()) if (!list.stands && !list.isAsked) this.askFor(list)
  }

  /** Asks for a list, or for one again that it has; or gives it up. */
  wishList(asked: SimulatedList, isWanted: boolean): void {
    if (!this.isConnected || this.isOfSeed) return
    this.read()
    const fresh = new PageList(asked, () => this.user, this.picture.faces, this.world)
    const list = this.lists.get(fresh.id) ?? fresh
    if (isWanted) {
      this.lists.set(list.id, list)
      if (!list.isAsked || list.stands) this.askFor(list)
    } else if (list.stands && this.lists.delete(list.id)) {
      this.picture.faults.push(...list.faults)
      this.leftLists.set(list.id, (this.leftLists.get(list.id) ?? 0) + 1)
      this.say({ type: 'unsubscribe', subscription: list.id })
    }
  }

  get faults(): string[] {
    return [...this.picture.faults, ...[...this.lists.values()].flatMap(({ faults }) => faults)]
  }

  /** @param type undefined for every type that has the id, as the seed's dialect always asks. */
  wish(type: string | undefined, entityId: string, isWanted: boolean): void {
    if (!this.isConnected) return
    this.read()
    const entityType = this.isOfSeed ? undefined : type
    const key = wantedKey(entityType, entityId)
    if (!isWanted && !this.isOfSeed) return this.giveUp(key, entityType, entityId)
    const one = this.wanted.get(key) ?? { entityId, entityType, stands: false, isAsked: false }
    this.wanted.set(key, one)
    for (const its of typesOf(one)) if (!this.held.has(`${its}/${entityId}`)) this.held.set(`${its}/${entityId}`, nothingOf(its, entityId))
    if (!one.isAsked) this.ask(one)
  }

  stall(): void {
    if (!this.isConnected) return
    this.read()
    this.connection!.transport.reads = false
    this.connection!.transport.buffered = 64 * 1024
  }

  drain(): void {
    if (!this.isConnected) return
    this.connection!.transport.drain()
    this.connection!.accepted.drained()
    this.read()
  }

  leave(): void {
    const { connection } = this
    if (connection === undefined) return
    this.read()
    if (connection.transport.closedWith?.code === 4001) this.world.met.tooSlow++
    this.connection = undefined
    connection.accepted.closed(connection.transport.closedWith?.code ?? 1000, connection.transport.closedWith !== undefined)
  }

  /** What was in the socket is gone. */
  cut(): void {
    if (this.connection === undefined) return
    this.read()
    this.connection = undefined
  }

  /** Takes in what has arrived. */
  read(): void {
    const { connection } = this
    if (connection === undefined) return
    const { received, messagesInBuffer } = connection.transport
    for (; this.read_ < received.length - messagesInBuffer; this.read_++) {
      const [, ...rights] = connection.rightsFrom.findLast(([from]) => from <= this.read_)!
      const frame = JSON.parse(received[this.read_]!) as Message | Message[]
      if (Array.isArray(frame)) this.world.met.batches++
      for (const message of Array.isArray(frame) ? frame : [frame]) this.take(message, rights)
    }
  }

  /** What the page lacks, or has too much, once all is quiet. */
  wrongs(policy: number): string[] {
    const ofLists = [...this.lists.values()].flatMap((list) => list.wrongs(policy))
    return [...this.held.values()].flatMap((one) => this.picture.wrong(one, this.user, policy, !this.isOfSeed)).concat(ofLists)
  }

  private get policy(): number {
    return this.connection!.rightsFrom.at(-1)![1]!.policy
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
    this.say({ type: 'unsubscribe', entity_id: entityId, entity_type: entityType })
  }

  private ask(one: Wanted): void {
    one.isAsked = true
    const { entityId, entityType } = one
    const cursor = entityType === undefined ? undefined : this.held.get(`${entityType}/${entityId}`)!.cursor
    if (this.isOfSeed) return this.say({ type: 'subscribe', entity_id: entityId })
    if (entityType === undefined) this.world.met.untyped++
    const request = { type: 'subscribe', entity_id: entityId, entity_type: entityType, ...this.wishes } as const
    this.say(cursor === undefined ? { ...request, snapshot: true } : { ...request, since: cursor })
  }

  private askFor(list: PageList): void {
    list.isAsked = true
    list.stands = false
    const { entityType, where, fields } = list.asked
    const asked = { entity_type: entityType, where, ...(fields && { fields: [...fields] }) }
    this.say({ type: 'subscribe', ...asked, snapshot: true, ref: list.id, ...this.wishes })
  }

  private say(request: Parameters<typeof writeRequest>[0]): void {
    this.connection!.accepted.receiveText(writeRequest(request))
  }

  /** What concerns a list, which is a stream of its own. Answers whether it is that. */
  private takeOfList(message: Message, rights: readonly SimulatedRights[]): boolean {
    const { type, subscription, ref } = message
    const id = typeof subscription === 'string' ? subscription : ref
    if (typeof id !== 'string') return false
    const left = this.leftLists.get(id) ?? 0
    if (left > 0 && type === 'unsubscription_success') this.leftLists.set(id, left - 1)
    if (left === 0) this.lists.get(id)?.take(message, rights)
    return true
  }

  private take(message: Message, rights: readonly SimulatedRights[]): void {
    if (this.takeOfList(message, rights)) return
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
      this.picture.noteSnapshot(
        some.filter((held) => !this.isToGoOn(held)),
        message['count'],
      )
    if (entityType === undefined) return
    for (const held of some) this.takeAbout(held, message, rights)
  }

  private takeError({ code, entity_id: id }: Message, one: Wanted | undefined, some: readonly Held[]): void {
    // In the seed's dialect an error does not say what it is about.
    if (id === undefined) for (const each of this.wanted.values()) each.isAsked &&= each.stands
    if (one === undefined) return
    one.isAsked = false
    if (code === 'cursor_ahead') this.world.met.ahead++
    const isCovered = one.entityType !== undefined && this.wanted.has(wantedKey(undefined, one.entityId))
    for (const held of some) {
      // What it cannot go on from, and is told anew by another subscription, is what that tells.
      if (code === 'cursor_ahead' && isCovered && !held.wasTold) held.entity = held.cursor = held.version = undefined
      // Who may see nothing of it holds nothing of it, unless another subscription has said otherwise.
      if (code === 'forbidden' && !(isCovered && held.wasTold)) held.entity = held.cursor = undefined
    }
  }

  private takeSuccess({ resumed }: Message, one: Wanted, some: readonly Held[]): void {
    const { met, written } = this.world
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
    if (type === 'gap') this.picture.noteGap(held, missed)
    if (type === 'entity_update' && this.isOfSeed) this.picture.showUntimed(held, message, rights)
    else if (type === 'entity_update') this.picture.show(held, message, rights)
    if (typeof cursor === 'string') held.cursor = cursor
  }
}

function wantedKey(entityType: string | undefined, entityId: string): string {
  return `${entityType ?? '*'}/${entityId}`
}

function typesOf({ entityType }: Wanted): readonly string[] {
  return entityType === undefined ? allTypes : [entityType]
}
