import type { Connection } from '#gateway/deliver/connection/connection.js'
import type { Subprotocol } from '#protocol/dialect.js'
import { writeRequest, type Request } from '#protocol/request.js'
import type { SimulatedRights } from './known-rights.js'
import { PageEntities, type PageWishes } from './page-entities.js'
import { PageList } from './page-list.js'
import { PagePicture } from './page-picture.js'
import type { PageSimulation } from './page-simulation.js'
import type { SimulatedList } from './simulated-lists.js'
import type { ControlFollower, PageConnection } from './simulated-node.js'
import type { SimulatedToken } from './simulated-world.js'

type Message = Record<string, unknown>

/** A page with a connection that comes and goes: its entities, its lists, and the rights under which it is told of them. */
export class Page implements ControlFollower {
  readonly picture: PagePicture
  readonly entities: PageEntities
  connection: PageConnection | undefined
  private readonly lists = new Map<string, PageList>()
  /** By the id of a list: how many answers are still to come that end it. */
  private readonly leftLists = new Map<string, number>()
  private read_ = 0
  /** By what else it may be known by now: a token that is being verified. */
  private perhaps: readonly SimulatedToken[] = []

  constructor(
    public token: SimulatedToken,
    /** What it speaks; the seed's dialect where it names nothing. */
    readonly subprotocol: Subprotocol | undefined,
    /** How it wishes to be served while it reads slowly. */
    private readonly wishes: PageWishes,
    private readonly world: PageSimulation,
  ) {
    this.picture = new PagePicture(token.sub, world, wishes.max_hz !== undefined)
    const say = (request: Request) => this.say(request)
    this.entities = new PageEntities({ picture: this.picture, world, isOfSeed: this.isOfSeed, wishes, say })
  }

  get isConnected(): boolean {
    if (this.connection?.transport.closedWith !== undefined) this.leave()
    return this.connection !== undefined
  }

  get isOfSeed(): boolean {
    return this.subprotocol === undefined
  }

  get faults(): string[] {
    return [...this.picture.faults, ...[...this.lists.values()].flatMap(({ faults }) => faults)]
  }

  get rights(): readonly SimulatedRights[] {
    return this.tokens.map((token) => this.connection!.node.known.rightsOf(token))
  }

  get mayBeRevoked(): boolean {
    return this.tokens.some((token) => this.connection!.node.known.isVoid(token))
  }

  private get tokens(): readonly SimulatedToken[] {
    return [this.token, ...this.perhaps]
  }

  connected(connection: PageConnection): void {
    this.connection = connection
    this.perhaps = []
    this.leftLists.clear()
    this.read_ = 0
    this.rightsAreNow(this.rights)
    this.entities.connected()
    for (const list of this.lists.values()) list.beginAnew()
    this.subscribeAll()
  }

  /** For what has not left. */
  rightsAreNow(rights: readonly SimulatedRights[]): void {
    const { transport, rightsFrom } = this.connection!
    rightsFrom.push([transport.received.length - transport.messagesInBuffer, ...rights])
    for (const { user } of rights) this.picture.faces.add(user)
  }

  checkToken(wasPerhapsRevoked: boolean): void {
    const { node, transport } = this.connection!
    const isOut = transport.closedWith?.code === 4503
    if (isOut) this.world.met.revoked++
    if (isOut && !wasPerhapsRevoked) this.picture.fault('was closed with a good token')
    if (transport.closedWith === undefined && this.tokens.every((token) => node.known.isVoid(token)))
      this.picture.fault('goes on with a revoked token')
  }

  /** Answers whether the new token is on its way: until it has been verified the rights of either may hold. */
  authenticate(token: SimulatedToken): boolean {
    if (this.isOfSeed || !this.isConnected) return false
    this.read()
    this.perhaps = [token]
    this.rightsAreNow(this.rights)
    this.say({ type: 'authenticate', token: JSON.stringify(token) })
    return true
  }

  authenticated(token: SimulatedToken): void {
    const { connection } = this
    this.perhaps = []
    if (connection === undefined || connection.transport.closedWith !== undefined) return
    // One that comes too soon after another is refused, and so is one that is revoked.
    const { claims } = (connection.accepted as Pick<Connection, 'identity'> & typeof connection.accepted).identity
    if (claims['jti'] === token.jti) this.token = token
    this.rightsAreNow(this.rights)
    this.checkToken(this.mayBeRevoked)
  }

  /** Asks for what does not stand yet, since what it holds. */
  subscribeAll(): void {
    if (!this.isConnected) return
    this.read()
    this.entities.askAll()
    for (const list of this.lists.values()) if (!list.stands && !list.isAsked) this.askFor(list)
  }

  /** Asks for an entity, or gives it up. @param type undefined for every type that has the id. */
  wish(type: string | undefined, entityId: string, isWanted: boolean): void {
    if (!this.isConnected) return
    this.read()
    this.entities.wish(type, entityId, isWanted)
  }

  /** Asks for a list, or for one again that it has; or gives it up. */
  wishList(asked: SimulatedList, isWanted: boolean): void {
    if (!this.isConnected || this.isOfSeed) return
    this.read()
    const fresh = new PageList(asked, this.token.sub, this.picture.faces, this.world)
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

  /** What the page lacks, or has too much, once all is quiet; nothing while it is not let in. */
  wrongs(): string[] {
    if (!this.isConnected) return []
    this.read()
    const rights = this.connection!.node.known.rightsOf(this.token)
    return [...this.entities.wrongs(rights), ...[...this.lists.values()].flatMap((list) => list.wrongs(rights))]
  }

  private askFor(list: PageList): void {
    list.isAsked = true
    list.stands = false
    const { entityType, where, fields } = list.asked
    const asked = { entity_type: entityType, where, ...(fields && { fields: [...fields] }) }
    this.say({ type: 'subscribe', ...asked, snapshot: true, ref: list.id, ...this.wishes })
  }

  private say(request: Request): void {
    this.connection!.accepted.receiveText(writeRequest(request))
  }

  private take(message: Message, rights: readonly SimulatedRights[]): void {
    const { subscription, ref } = message
    const list = typeof subscription === 'string' ? subscription : ref
    if (typeof list === 'string') this.takeOfList(list, message, rights)
    else this.entities.take(message, rights)
  }

  /** A list is a stream of its own. */
  private takeOfList(id: string, message: Message, rights: readonly SimulatedRights[]): void {
    const left = this.leftLists.get(id) ?? 0
    if (left === 0) this.lists.get(id)?.take(message, rights)
    else if (message['type'] === 'unsubscription_success') this.leftLists.set(id, left - 1)
  }
}
