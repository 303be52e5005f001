import { isDeepStrictEqual } from 'node:util'
import type { Connection } from '#gateway/deliver/connection/connection.js'
import { writeRequest } from '#protocol/request.js'
import type { PageConnection, PageSimulation, SimulatedRights } from './page-simulation.js'
import { isOfOneLog, isOlder, keyOf, latestOf, visible } from './picture-oracle.js'
import { policies, type Entity, type SimulatedUser, type WrittenEvent } from './simulated-world.js'

export interface SlowWishes {
  readonly on_slow?: 'close' | 'conflate'
  readonly max_hz?: number
}

/** What a page holds of an entity that it shows. */
interface Held {
  readonly entityType: string
  readonly entityId: string
  entity: Entity | undefined
  version: WrittenEvent | undefined
  cursor: string | undefined
  /** Whether the node that it is connected to has said that the subscription stands. */
  stands: boolean
  isAsked: boolean
  /** Whether it was told that it was not shown all: its next version may come after others. */
  hasGap: boolean
}

/**
 * A page with a connection that comes and goes. It puts in what it is told and takes out what is gone, and notes what it should not have
 * been told: by the log and the rules alone.
 */
export class Page {
  readonly faults: string[] = []
  connection: PageConnection | undefined
  private readonly held = new Map<string, Held>()
  /** How many answers are still to come that end subscriptions: what comes before them is none of those that followed. */
  private readonly left = new Map<string, number>()
  private read_ = 0

  /** Whoever it was. */
  private readonly faces = new Set<SimulatedUser>()
  /** Who else it may be by now. */
  private perhaps: readonly SimulatedUser[] = []

  constructor(
    public user: SimulatedUser,
    /** How it wishes to be served while it reads slowly. */
    private readonly wishes: SlowWishes,
    private readonly world: PageSimulation,
  ) {}

  get isConnected(): boolean {
    if (this.connection?.transport.closedWith !== undefined) this.leave()
    return this.connection !== undefined
  }

  connected(connection: PageConnection): void {
    this.connection = connection
    this.perhaps = []
    this.left.clear()
    this.read_ = 0
    for (const one of this.held.values()) {
      one.stands = one.isAsked = false
      // Whoever knows no version may be shown any.
      if (one.cursor === undefined || one.cursor === 'none') one.version = undefined
    }
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
    if (!this.isConnected) return false
    this.read()
    this.rightsAreNow(this.policy, user)
    this.faces.add(this.user).add(user)
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
    for (const one of this.held.values()) if (!one.stands && !one.isAsked) this.ask(one)
  }

  wish(entityType: string, entityId: string, isWanted: boolean): void {
    if (!this.isConnected) return
    this.read()
    const key = keyOf({ entityType, entityId })
    if (!isWanted) {
      if (!this.held.delete(key)) return
      this.left.set(key, (this.left.get(key) ?? 0) + 1)
      return this.say({ type: 'unsubscribe', entity_id: entityId, entity_type: entityType })
    }
    const known = this.held.get(key)
    const one = known ?? {
      entityType,
      entityId,
      entity: undefined,
      version: undefined,
      cursor: undefined,
      stands: false,
      isAsked: false,
      hasGap: true,
    }
    this.held.set(key, one)
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
      this.take(JSON.parse(received[this.read_]!) as Record<string, unknown>, rights)
    }
  }

  /** What the page lacks, or has too much, once all is quiet. */
  wrongs(policy: number): string[] {
    return [...this.held.values()].flatMap((one) => {
      const expected = visible(this.user, latestOf(this.world.versionsOf(keyOf(one))), policy)
      if (isDeepStrictEqual(one.entity, expected)) return []
      return [`${this.user.sub} holds ${JSON.stringify(one.entity)} of ${keyOf(one)} instead of ${JSON.stringify(expected)}`]
    })
  }

  private get policy(): number {
    return this.connection!.rightsFrom.at(-1)![1]!.policy
  }

  private ask(one: Held): void {
    one.isAsked = true
    const request = { type: 'subscribe', entity_id: one.entityId, entity_type: one.entityType, ...this.wishes } as const
    this.say(one.cursor === undefined ? { ...request, snapshot: true } : { ...request, since: one.cursor })
  }

  private say(request: Parameters<typeof writeRequest>[0]): void {
    this.connection!.accepted.receiveText(writeRequest(request))
  }

  private take(message: Record<string, unknown>, rights: readonly SimulatedRights[]): void {
    const { type, entity_id: entityId, entity_type: entityType } = message
    const key = `${String(entityType)}/${String(entityId)}`
    const [left = 0, one, { met }] = [this.left.get(key), this.held.get(key), this.world]
    const isEnd = type === 'unsubscription_success' || message['code'] === 'not_subscribed'
    if (left > 0) {
      if (isEnd) this.left.set(key, left - 1)
      return
    }
    if (type === 'error' && one !== undefined) {
      one.isAsked = false
      if (message['code'] === 'cursor_ahead') met.ahead++
      // Who may see nothing of it holds nothing of it.
      if (message['code'] === 'forbidden') one.entity = one.cursor = undefined
    }
    if (one === undefined) return
    if (type === 'gap') this.noteGap(one, message['missed'])
    if (type === 'subscription_success') {
      one.stands = true
      one.hasGap = message['resumed'] !== true
      if (message['resumed'] === true) met.resumed++
      if (message['resumed'] === false) met.notResumed++
    }
    if (type === 'snapshot_complete') {
      met.snapshots++
      if (message['count'] === 0 && one.entity !== undefined) this.fault('holds what the snapshot does not have', one.version)
    }
    if (type === 'entity_update') this.show(one, message, rights)
    if (typeof message['cursor'] === 'string') one.cursor = message['cursor']
  }

  private noteGap(one: Held, missed: unknown): void {
    this.world.met.gaps++
    one.hasGap = true
    if (!(typeof missed === 'number' && missed > 0)) this.fault(`was told of a gap of ${String(missed)}`, one.version)
  }

  private show(one: Held, { timestamp, operation, data }: Record<string, unknown>, rights: readonly SimulatedRights[]): void {
    const { written, met } = this.world
    met.updates++
    const version = written.find(({ timestampMs }) => new Date(timestampMs).toISOString() === timestamp)
    if (operation === 'delete') {
      if (one.entity === undefined && timestamp !== undefined) this.fault('was told of the end of what it was not shown', version)
      if (!isDeepStrictEqual(data, {})) this.fault('was shown data of a delete', version)
      one.entity = undefined
      if (version !== undefined) one.version = version
      return
    }
    if (version === undefined) return this.fault(`was shown an event that nobody wrote: ${String(timestamp)}`, undefined)
    if (one.version !== undefined && !this.world.wasReadAgain(version) && isOlder(version, one.version, written))
      this.fault('was shown an older version after a newer one', version)
    if (!rights.some(({ user, policy }) => isDeepStrictEqual(data, visible(user, version, policy))))
      this.fault(`was shown ${JSON.stringify(data)}`, version)
    if (operation === 'create' && one.entity !== undefined && version.operation !== 'create')
      this.fault('was told that what it was shown is new', version)
    const isFirst = !written.some((other) => keyOf(other) === keyOf(version) && isOfOneLog(other, version) && other.offset < version.offset)
    if (operation === 'update' && one.entity === undefined && !isFirst) this.fault('was told of a change of what it was not shown', version)
    this.missesNone(one, version)
    one.version = version
    one.entity = data as Entity
  }

  /**
   * No version is left out that is visible whatever the rights were meanwhile. Where an entity has several logs, one may be stale because of
   * another that the page was not shown.
   */
  private missesNone(one: Held, version: WrittenEvent): void {
    const { version: last, hasGap } = one
    one.hasGap = false
    const all = this.world.written.filter((other) => keyOf(other) === keyOf(version))
    if (hasGap || this.wishes.max_hz !== undefined || last === undefined || !all.every((other) => isOfOneLog(other, version))) return
    const between = all.filter(({ offset }) => offset > last.offset && offset < version.offset)
    const faces = [...this.faces.add(this.user)]
    const isAlwaysSeen = (other: WrittenEvent) => policies.every((_policy, number) => faces.every((face) => visible(face, other, number)))
    const seen = between.filter(isAlwaysSeen)
    if (seen.length > 0) this.fault(`was not shown ${seen.map(({ offset }) => offset).join(', ')} before`, version)
  }

  private fault(text: string, version: WrittenEvent | undefined): void {
    const at = version === undefined ? '' : `${version.topic}/${version.partition}@${version.offset}`
    this.faults.push(`${this.user.sub}: ${text} ${at}`)
  }
}
