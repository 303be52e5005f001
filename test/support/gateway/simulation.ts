import { parsePolicy } from '#policy/role-policy.js'
import type { MemoryRegistry } from '#registry/memory-registry.js'
import type { VersionedRegistry } from '#registry/schema-registry.js'
import type { AcceptedConnection } from '#gateway/deliver/connection/connection-acceptor.js'
import { Gateway } from '#gateway/gateway.js'
import { Meter } from '#gateway/observe/meter.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { writeRequest, type EntityRequest } from '#protocol/request.js'
import { absentRegistry } from '../schemas/asked-registry.js'
import { identity } from './connection-fixture.js'
import { FakeTransport } from './fake-transport.js'
import { loneNode } from './lone-node.js'
import { HeldPolicy } from './held-policy.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { SimulatedLog } from './simulated-log.js'
import { entities, entityIds, policies, startMs, users, type SimulatedUser, type WrittenEvent } from './simulated-world.js'

// The whole gateway with a log in memory, a simulated clock and simulated sockets, all drawn from one seed: what is written, who
// connects and subscribes, who reads slowly, when the registry is away. What must hold is checked by `faultsOf` at the end.

/** A subscription that stands. */
interface Wish {
  readonly entityId: string
  /** How many events had been written before it stood. */
  readonly from: number
}

export interface SimulatedClient {
  readonly user: SimulatedUser
  readonly transport: FakeTransport
  readonly connection: AcceptedConnection
  wishes: Wish[]
  gone: boolean
  /** How many events had been written when it left by itself, with what waited for it. */
  leftAt: number
  /** Which of the policies is in force when the message of this number leaves, and those behind it. */
  readonly policyFrom: [message: number, policy: number][]
}

/** How far the gateway's own clock is set back or ahead: far beyond what is allowed between the clocks of producers. */
const clockOffMsMax = 3 * 3_600_000

/** What clients want to become of updates for which they are too slow. */
const slowWishes = [{}, { on_slow: 'conflate' }, { on_slow: 'close' }, { on_slow: 'close' }, { on_slow: 'close' }, { max_hz: 3 }] as const

export class FlakyRegistry implements VersionedRegistry {
  isAway = false
  constructor(private readonly registry: MemoryRegistry) {}

  readonly schemaById = (id: number) => this.asked().schemaById(id)
  readonly latestOf = (name: string) => this.asked().latestOf(name)
  readonly firstOf = (name: string) => this.asked().firstOf(name)
  readonly versionsOf = (name: string) => this.asked().versionsOf(name)
  readonly versionOf = (name: string, version: number) => this.asked().versionOf(name, version)
  readonly subjects = () => this.registry.subjects()

  private asked(): VersionedRegistry {
    return this.isAway ? absentRegistry : this.registry
  }
}

export class Simulation {
  readonly clients: SimulatedClient[] = []
  readonly logged: LoggedLine[] = []
  readonly meter = new Meter()
  badWritten = 0
  private readonly clock = new SimulatedClock(startMs)
  private readonly log: SimulatedLog
  private readonly registry: FlakyRegistry
  private readonly gateway: Gateway
  inForce = 0
  private readonly policy = new HeldPolicy(parsePolicy(JSON.stringify(policies[0])))

  /** @param hasState whether the types have tables: then each subscription asks for a snapshot, and tombstones are written. */
  constructor(
    seed: number,
    private readonly hasState = false,
  ) {
    this.log = new SimulatedLog(seed, this.clock)
    this.registry = new FlakyRegistry(this.log.registry)
    this.gateway = new Gateway({
      entities,
      source: new MemorySource(this.log.topics, this.clock),
      registry: this.registry,
      policy: this.policy,
      ...loneNode,
      longs: 'number',
      // So few in a tick that much happens between the first and the last of those who are sent an event.
      limits: {
        connectionsMax: 100,
        subscriptionsMax: 100,
        subscriptionsTotalMax: 1_000,
        collectionsMax: 10,
        collectionEntitiesMax: 1_000,
        scanRowsPerSecondMax: 100_000,
        frameBytesMax: 16_384,
        framesPerSecondMax: 1_000,
        frameOutBytesMax: 3_000,
        mailboxBytesMax: 3_000,
        mailboxesBytesMax: 500_000,
        actorsInTickMax: 2,
      },
      ...(hasState && { state: { bytesMax: 10_000_000, fillSecondsMax: 60, window: { bytesMax: 4_000, secondsMax: 3_600 } } }),
      clock: this.clock,
      random: this.log.random,
      meter: this.meter,
      log: recordingLog(this.logged),
    })
  }

  get written(): readonly WrittenEvent[] {
    return this.log.written
  }

  async run(steps: number): Promise<void> {
    const started = this.gateway.start()
    await this.clock.settle()
    await started
    for (let step = 0; step < steps; step++) await this.step()
    await this.recover()
    const stopped = this.gateway.stop(1_000)
    await this.clock.advance(2_000)
    await stopped
  }

  private async step(): Promise<void> {
    const draw = this.log.random()
    if (draw < 0.55) this.log.write()
    else if (draw < 0.6) this.writeBad()
    else if (draw < 0.65) this.connect()
    else if (draw < 0.8) this.wish()
    else if (draw < 0.84) this.stall()
    else if (draw < 0.88) this.resume()
    else if (draw < 0.9) this.disconnect()
    else if (draw < 0.92) this.registry.isAway = !this.registry.isAway
    else if (draw < 0.93) this.log.evolve()
    else if (draw < 0.945) this.changePolicySoon()
    else if (draw < 0.948 && this.hasState) this.log.writeTombstone()
    else if (draw < 0.955) this.setClock()
    else await this.clock.advance(Math.floor(this.log.random() * 400))
  }

  /** What was away comes back and what waits arrives. */
  private async recover(): Promise<void> {
    this.registry.isAway = false
    await this.clock.advance(30_000)
    for (const client of this.clients) this.drain(client)
    await this.clock.advance(1_000)
  }

  /** At once, or some ticks later: before, amid and behind the writes of what has been authorized. */
  private changePolicySoon(ticks = Math.floor(this.log.random() * 5)): void {
    if (ticks === 0) this.changePolicy()
    else this.clock.nextTick(() => this.changePolicySoon(ticks - 1))
  }

  private changePolicy(): void {
    this.inForce = 1 - this.inForce
    this.policy.replaceBy(parsePolicy(JSON.stringify(policies[this.inForce])))
    // From here on nothing leaves by the policy before, also of what was authorized by it, and of what is in sockets.
    for (const { transport, policyFrom, gone } of this.clients)
      if (!gone) policyFrom.push([transport.received.length - transport.messagesInBuffer, this.inForce])
  }

  /** The gateway's own, back or ahead of everybody else's. */
  private setClock(): void {
    this.clock.jump(this.log.othersTime - this.clock.now() + Math.floor((2 * this.log.random() - 1) * clockOffMsMax))
  }

  private writeBad(): void {
    this.log.writeBad()
    this.badWritten++
  }

  private connect(): void {
    const user = this.pick(users)
    const transport = new FakeTransport()
    const { sub, roles, region } = user
    const who = identity({ sub, roles, clientId: String(this.clients.length), claims: { sub, region } })
    const connection = this.gateway.connections.accept(who, transport)
    this.clients.push({ user, transport, connection, wishes: [], gone: false, leftAt: 0, policyFrom: [[0, this.inForce]] })
  }

  /** Amid whatever else is on its way: a request counts from when it arrives. */
  private wish(): void {
    const client = this.openClient()
    if (client === undefined) return
    const entityId = this.pick(entityIds)
    const type = this.log.random() < 0.7 ? 'subscribe' : 'unsubscribe'
    const wish = this.hasState && type === 'subscribe' ? { snapshot: true, ...this.pick(slowWishes) } : {}
    const request: EntityRequest = { type, entity_id: entityId, ...wish }
    client.connection.receiveText(writeRequest(request))
    const stands = client.wishes.some((wish) => wish.entityId === entityId)
    if (type === 'unsubscribe') client.wishes = client.wishes.filter((wish) => wish.entityId !== entityId)
    else if (!stands) client.wishes.push({ entityId, from: this.written.length })
  }

  private stall(): void {
    const client = this.openClient()
    if (client === undefined) return
    client.transport.reads = false
    // As good as full: the next write fills it, and what comes then waits in the mailbox.
    client.transport.buffered = 64 * 1024
  }

  private resume(): void {
    const client = this.openClient()
    if (client !== undefined) this.drain(client)
  }

  private drain({ transport, connection }: SimulatedClient): void {
    transport.drain()
    connection.drained()
  }

  private disconnect(): void {
    const client = this.openClient()
    if (client === undefined) return
    client.leftAt = this.written.length
    this.leave(client, 1000)
  }

  private leave(client: SimulatedClient, code: number): void {
    client.gone = true
    client.connection.closed(code, client.transport.closedWith !== undefined)
  }

  /** Those whom the gateway has closed leave on the way. */
  private openClient(): SimulatedClient | undefined {
    for (const client of this.clients)
      if (!client.gone && client.transport.closedWith !== undefined) this.leave(client, client.transport.closedWith.code)
    const open = this.clients.filter(({ gone }) => !gone)
    return open.length === 0 ? undefined : this.pick(open)
  }

  private pick<T>(from: readonly T[]): T {
    return this.log.pick(from)
  }
}
