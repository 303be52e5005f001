import type { SimulatedSocket, SimulatedSurroundings } from './simulated-surroundings.js'

interface Request {
  readonly type: string
  readonly ref?: unknown
  readonly token?: string
  readonly entity_id?: string
  readonly entity_type?: string
  readonly since?: string
  readonly snapshot?: boolean
  readonly subscriptions?: readonly Request[]
}

type Message = Readonly<Record<string, unknown>>

interface Order {
  /** Whether it was there in each of its versions, none of which it begins with. */
  readonly there: boolean[]
  /** Versions before this one are forgotten. */
  cutOffAt: number
}

/** What a user may see: nothing of any entity, or all of it but the email, or that too. */
export type Rights = 'none' | 'some' | 'all'

const features = ['authenticate', 'list', 'ping', 'resume', 'snapshot']
/** As the gateway counts. */
const [framesPerSecond, bytesPerFrame] = [1000, 128]

/** One connection, with what is on its way in both directions. */
class Connection {
  readonly subscriptions = new Set<string>()
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
    if (this.connection?.subscriptions.has(id)) this.connection.say(...this.transition(id, before, this.rights, true))
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

  private answer(connection: Connection, type: string, { entity_id = '', entity_type, ref, since, snapshot }: Request): Message[] {
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
    return rights === 'all' ? { n: version, email: `canary-${version}` } : { n: version }
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
