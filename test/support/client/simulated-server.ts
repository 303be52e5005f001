import { CollectionScan } from './collection-scan.js'
import type { SimulatedSocket, SimulatedSurroundings } from './simulated-surroundings.js'

interface Request {
  readonly type: string
  readonly ref?: unknown
  readonly token?: string
  readonly entity_id?: string
  readonly entity_type?: string
  readonly since?: string
  readonly snapshot?: boolean
  readonly where?: object
  readonly subscription?: string
  readonly subscriptions?: readonly Request[]
}

export type Message = Readonly<Record<string, unknown>>

interface Order {
  /** Whether it was there in each of its versions, none of which it begins with. */
  readonly there: boolean[]
  /** Versions before this one are forgotten. */
  cutOffAt: number
}

/** What a user may see: nothing of any entity, or all of it but the email, or that too. */
export type Rights = 'none' | 'some' | 'all'

const features = ['authenticate', 'collections', 'list', 'ping', 'resume', 'snapshot']
/** As the gateway counts. */
const [framesPerSecond, bytesPerFrame] = [1000, 128]

/** One connection, with what is on its way in both directions. */
class Connection {
  readonly subscriptions = new Set<string>()
  /** By their ids, each with its snapshot as far as that has come. */
  readonly collections = new Map<string, CollectionScan>()
  /** The rights by which the client was last told of orders. */
  toldRights: Rights | undefined
  /** Nothing passes, and nobody is told. */
  isDead = false
  private hasEnded = false
  private arrivesAtMs = 0
  private left = framesPerSecond
  private filledAtMs: number

  constructor(
    readonly socket: SimulatedSocket,
    private readonly server: SimulatedServer,
  ) {
    this.filledAtMs = server.world.nowMs()
    socket.onSend = (text) => this.later(() => this.server.take(this, text))
  }

  get isOver(): boolean {
    return this.hasEnded || this.socket.isClosed
  }

  /** What it says arrives after what it said before. */
  say(...messages: Message[]): void {
    if (messages.length === 0) return
    const rights = messages.some(({ entity_id }) => entity_id !== undefined) ? this.server.rights : undefined
    this.later(() => {
      this.toldRights = rights ?? this.toldRights
      this.socket.receive(...messages)
    })
  }

  close(code: number): void {
    this.later(() => this.end(code))
  }

  end(code: number): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.socket.end(code)
  }

  /** As the gateway counts frames. */
  spend(bytes: number): void {
    const now = this.server.world.nowMs()
    this.left = Math.min(framesPerSecond, this.left + now - this.filledAtMs) - 1 - Math.floor(bytes / bytesPerFrame)
    this.filledAtMs = now
    if (this.left < 0) this.server.floods++
  }

  private later(call: () => void): void {
    if (this.isDead) return
    const { world, delayMs } = this.server
    this.arrivesAtMs = Math.max(this.arrivesAtMs, world.nowMs() + delayMs)
    world.after(this.arrivesAtMs - world.nowMs(), () => {
      if (!this.hasEnded && !this.isDead) call()
    })
  }
}

/** A server that keeps the protocol's promises, on a network that does not. Orders have a number that counts up by one with each change. */
export class SimulatedServer {
  readonly orders = new Map<string, Order>()
  rights: Rights = 'all'
  /** Then a version that a client holds may show something else now, and is told again. */
  private haveRightsChanged = false
  delayMs = 5
  floods = 0
  /** How long tokens last. */
  tokenSeconds = 3600
  /** Answers to subscriptions that did not resume, after a loss. */
  connection: Connection | undefined
  /** Refuses who comes, with this code. */
  refusal: { readonly code: number; readonly floorMs: number } | undefined
  readonly openedAtMs: number[] = []

  constructor(readonly world: SimulatedSurroundings) {
    world.onOpen = (socket) => this.accept(socket)
  }

  /** Another version, which may be that it is gone. */
  change(id: string, isThere: boolean): void {
    const before = this.shownOf(id, this.rights)
    this.orderOf(id).there.push(isThere)
    const { connection } = this
    if (connection?.subscriptions.has(id)) connection.say(...this.transition(id, before, this.rights, true))
    for (const name of connection?.collections.keys() ?? []) connection!.say(...this.collectionStep(name, id, before))
  }

  /** Sends all collections anew, as if it had lost track of what the client holds. */
  snapshotCollections(): void {
    const { connection } = this
    for (const subscription of connection?.collections.keys() ?? []) {
      if (this.rights !== 'none') this.scanAnew(connection!, subscription)
    }
  }

  /** What a page that is right shows of a collection. */
  listOf(collection: string, rights = this.rights): Map<string, object> {
    const shown = [...this.orders.keys()].map((id) => [id, inCollection(collection, this.shownOf(id, rights))] as const)
    return new Map(shown.filter((one): one is [string, object] => one[1] !== undefined))
  }

  /** Who comes back is told the latest version alone. */
  forgetVersions(): void {
    for (const order of this.orders.values()) order.cutOffAt = order.there.length - 1
  }

  setRights(rights: Rights): void {
    const before = this.rights
    this.rights = rights
    this.haveRightsChanged ||= before !== rights
    const { connection } = this
    if (connection === undefined || before === rights) return
    connection.say(...[...connection.subscriptions].flatMap((id) => this.transition(id, this.shownOf(id, before), rights, false)))
    if (rights === 'none')
      for (const id of connection.subscriptions)
        connection.say({ type: 'error', message: '', code: 'forbidden', entity_id: id, entity_type: 'order' })
    for (const subscription of connection.collections.keys()) this.changeRights(connection, subscription, before)
  }

  /** What a page that is right shows. */
  shownOf(id: string, rights = this.rights): object | undefined {
    return this.shownAt(id, this.versionOf(id), rights)
  }

  take(connection: Connection, text: string): void {
    connection.spend(text.length)
    const request = JSON.parse(text) as Request
    if (request.type === 'ping') return connection.say({ type: 'pong', ref: request.ref })
    if (request.type === 'authenticate')
      return connection.say({ type: 'authenticated', ref: request.ref, token_expires_in_s: this.tokenSeconds })
    connection.say(...(request.subscriptions ?? [request]).flatMap((one) => this.answer(connection, request.type, one)))
  }

  private accept(socket: SimulatedSocket): void {
    this.openedAtMs.push(this.world.nowMs())
    const connection = new Connection(socket, this)
    if (this.refusal !== undefined) {
      const { code, floorMs } = this.refusal
      if (floorMs > 0) connection.say({ type: 'error', message: '', code: 'starting', retry_after_ms: floorMs })
      return connection.close(code)
    }
    // The same client has connected elsewhere, of which the old connection is told.
    this.connection?.close(4501)
    this.connection = connection
    const limits = { subscriptions: 1000, frames_per_second: framesPerSecond, bytes_per_frame: bytesPerFrame, frame_bytes: 16_384 }
    connection.say({ type: 'connection_established', client_id: 'c', message: '', features, limits, token_expires_in_s: this.tokenSeconds })
  }

  private changeRights(connection: Connection, subscription: string, before: Rights): void {
    if (before === 'none') return this.scanAnew(connection, subscription)
    connection.say(...[...this.orders.keys()].flatMap((id) => this.collectionStep(subscription, id, this.shownOf(id, before))))
    if (this.rights !== 'none') return
    connection.collections.set(subscription, new CollectionScan(this.world, []))
    connection.say(lost(subscription))
  }

  private scanAnew(connection: Connection, subscription: string): void {
    connection.say({ type: 'snapshot_started', subscription, entity_type: 'order' })
    this.scan(connection, subscription)
  }

  private answerOfCollection(connection: Connection, { where, subscription = '', snapshot, ref }: Request): Message[] {
    if (where === undefined) {
      const wasThere = connection.collections.delete(subscription)
      const about = { subscription, entity_type: 'order', ref }
      return wasThere ? [{ type: 'unsubscription_success', ...about }] : [{ type: 'error', message: '', code: 'not_subscribed', ...about }]
    }
    const name = JSON.stringify(where)
    const success = { type: 'subscription_success', subscription: name, entity_type: 'order', ref }
    const isThere = connection.collections.has(name)
    if (this.rights === 'none' && !isThere) return [{ type: 'error', message: '', code: 'forbidden', entity_type: 'order', ref }]
    if (this.rights === 'none') return [success, { ...success, type: 'snapshot_complete', count: 0 }, lost(name)]
    if (snapshot === true || !isThere) this.scan(connection, name, ref)
    return [success]
  }

  /** In portions, between which other things happen. Answers are said first. */
  private scan(connection: Connection, collection: string, ref?: unknown): void {
    const ids = [...this.orders.keys()]
    const scan = new CollectionScan(
      this.world,
      ids.map((id) => [id, this.versionOf(id)] as const),
    )
    connection.collections.set(collection, scan)
    const isCurrent = () => connection.collections.get(collection) === scan && !connection.isOver
    let count = 0
    scan.run(isCurrent, (id, version) => {
      if (id === undefined) {
        connection.say({ type: 'snapshot_complete', subscription: collection, entity_type: 'order', ref, count })
        return
      }
      const shown = inCollection(collection, this.shownOf(id))
      if (shown === undefined || version !== this.versionOf(id)) return
      count++
      connection.say({ ...this.update(id, 'snapshot', shown, version), cursor: undefined, subscription: collection })
    })
  }

  private collectionStep(subscription: string, id: string, before: object | undefined): Message[] {
    const [was, is] = [inCollection(subscription, before), inCollection(subscription, this.shownOf(id))]
    return this.step(id, was, is).map((message) => ({ ...message, cursor: undefined, subscription }))
  }

  private answer(connection: Connection, type: string, request: Request): Message[] {
    if (request.where !== undefined || request.subscription !== undefined) return this.answerOfCollection(connection, request)
    return this.answerOfEntity(connection, type, request)
  }

  private answerOfEntity(connection: Connection, type: string, { entity_id = '', entity_type, ref, since, snapshot }: Request): Message[] {
    const about = { entity_id, entity_type, ref }
    if (type === 'unsubscribe') {
      const wasThere = connection.subscriptions.delete(entity_id)
      return wasThere ? [{ type: 'unsubscription_success', ...about }] : [{ type: 'error', message: '', code: 'not_subscribed', ...about }]
    }
    if (this.rights === 'none') return [{ type: 'error', message: '', code: 'forbidden', ...about }]
    connection.subscriptions.add(entity_id)
    const success = { type: 'subscription_success', ...about }
    if (since !== undefined) return this.resume(success, since)
    return snapshot === true ? [success, ...this.snapshot(about)] : [{ ...success, cursor: this.cursorOf(entity_id) }]
  }

  private resume(success: Message, since: string): Message[] {
    const id = success['entity_id'] as string
    const version = Number(since.slice(1))
    const { cutOffAt } = this.orderOf(id)
    if (since === 'none' || version < cutOffAt) {
      const { entity_id, entity_type, ref } = success
      return [{ ...success, resumed: false, reason: 'expired' }, ...this.snapshot({ entity_id, entity_type, ref }, true)]
    }
    const first = version + (this.haveRightsChanged ? 0 : 1)
    const versions = Array.from({ length: this.versionOf(id) + 1 - first }, (_, index) => first + index)
    const replayed = versions.flatMap((n) => {
      const [before, after] = [n === first ? {} : this.shownAt(id, n - 1, this.rights), this.shownAt(id, n, this.rights)]
      return this.step(id, before, after, n)
    })
    return [{ ...success, resumed: true, cursor: since }, ...replayed]
  }

  private snapshot(about: Message, mayHold = false): Message[] {
    const id = about['entity_id'] as string
    const shown = this.shownOf(id)
    const complete = { type: 'snapshot_complete', ...about, count: shown === undefined ? 0 : 1, cursor: this.cursorOf(id) }
    if (shown === undefined) return mayHold ? [this.update(id, 'delete', {}, undefined), complete] : [complete]
    return [this.update(id, 'snapshot', shown, this.versionOf(id)), complete]
  }

  private transition(id: string, before: object | undefined, rights: Rights, isEvent: boolean): Message[] {
    return this.step(id, before, this.shownOf(id, rights), isEvent ? this.versionOf(id) : undefined)
  }

  private step(id: string, before: object | undefined, after: object | undefined, version = this.versionOf(id)): Message[] {
    if (before === undefined && after === undefined) return []
    if (after === undefined) return [this.update(id, 'delete', {}, version)]
    return [this.update(id, before === undefined ? 'create' : 'update', after, version)]
  }

  private shownAt(id: string, version: number, rights: Rights): object | undefined {
    if (this.orderOf(id).there[version] !== true || rights === 'none') return undefined
    const shown = { n: version, isOdd: version % 2 === 1 }
    return rights === 'all' ? { ...shown, email: `canary-${version}` } : shown
  }

  private versionOf(id: string): number {
    return this.orderOf(id).there.length - 1
  }

  private update(entity_id: string, operation: string, data: object, version: number | undefined): Message {
    const cursor = version === undefined || operation === 'delete' ? 'none' : `v${version}`
    return { type: 'entity_update', entity_id, entity_type: 'order', operation, data, timestamp: '2026-01-01T00:00:00.000Z', cursor }
  }

  private cursorOf(id: string): string {
    return this.shownOf(id) === undefined ? 'none' : `v${this.versionOf(id)}`
  }

  private orderOf(id: string): Order {
    const known = this.orders.get(id) ?? { there: [false], cutOffAt: 0 }
    this.orders.set(id, known)
    return known
  }
}

/** The order, if the filter of the collection lets it pass. */
function inCollection(collection: string, shown: object | undefined): object | undefined {
  const where = JSON.parse(collection) as Readonly<Record<string, unknown>>
  const passes = shown !== undefined && Object.entries(where).every(([name, value]) => shown[name as keyof typeof shown] === value)
  return passes ? shown : undefined
}

function lost(subscription: string): Message {
  return { type: 'error', message: '', code: 'forbidden', subscription, entity_type: 'order' }
}
