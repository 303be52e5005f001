import { BehaviorSubject, concatMap, filter, map, take } from 'rxjs'
import { topicsOf } from '#entities.js'
import type { VerifiedToken } from '#gateway/authenticate/token-verifier.js'
import type { AcceptedConnection } from '#gateway/deliver/connection/connection-acceptor.js'
import { Gateway } from '#gateway/gateway.js'
import { Meter } from '#gateway/observe/meter.js'
import type { PartitionSource } from '#gateway/source/partition-source.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { parsePolicy } from '#policy/role-policy.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { identity } from './connection-fixture.js'
import { FakeTransport } from './fake-transport.js'
import { gatewayLimits } from './gateway-limits.js'
import { HeldPolicy } from './held-policy.js'
import { Page } from './page.js'
import { keyOf } from './picture-oracle.js'
import { sourceWith } from './source-with.js'
import { lists } from './simulated-lists.js'
import { SimulatedLog } from './simulated-log.js'
import { entities, entityIds, policies, startMs, users, type SimulatedUser, type WrittenEvent } from './simulated-world.js'

// Two gateways on one log in memory, all drawn from one seed. Pages subscribe to entities, come and go, read slowly, and go on at any node
// with what they hold; nodes crash and begin anew, and lag behind; policies change, at one node before the other. What each page must hold says `Page`.

/** A gateway that may crash and begin anew. */
export class SimulatedNode {
  readonly policy = new HeldPolicy(parsePolicy(JSON.stringify(policies[0])))
  inForce = 0
  gateway!: Gateway
  isUp = false
  /** Partitions from which nothing arrives for a time. */
  readonly lagging = new BehaviorSubject<ReadonlySet<string>>(new Set())
}

export interface SimulatedRights {
  readonly policy: number
  readonly user: SimulatedUser
}

export interface PageConnection {
  readonly node: SimulatedNode
  readonly transport: FakeTransport
  readonly accepted: AcceptedConnection
  /** Under which rights the message of this number leaves, and those behind it: under one of these. */
  readonly rightsFrom: [message: number, ...SimulatedRights[]][]
}

const dialects = ['sluice.v1', 'sluice.v1', 'sluice.v1', 'sluice.v1.batch', undefined] as const
const wishes = [{}, {}, { on_slow: 'close' }, { max_hz: 20 }] as const

export class PageSimulation {
  readonly pages: readonly Page[]
  readonly logged: LoggedLine[] = []
  readonly meter = new Meter()
  readonly met = {
    crashes: 0,
    gaps: 0,
    lags: 0,
    madeAnew: 0,
    renewed: 0,
    resumed: 0,
    notResumed: 0,
    snapshots: 0,
    untyped: 0,
    seedUpdates: 0,
    batches: 0,
    ahead: 0,
    tooSlow: 0,
    updates: 0,
    listUpdates: 0,
    listSnapshots: 0,
    listRefusals: 0,
  }
  private readonly clock = new SimulatedClock(startMs)
  private readonly nodes = [new SimulatedNode(), new SimulatedNode()]
  private readonly log: SimulatedLog

  /** Whether no topic of orders is made anew: there the order of versions is known throughout. */
  private readonly isParcelsOnly: boolean

  constructor(seed: number) {
    this.isParcelsOnly = seed % 3 > 0
    this.log = new SimulatedLog(seed, this.clock)
    this.pages = Array.from({ length: 6 }, (_none, number) => {
      return new Page(users[number % users.length]!, this.pick(dialects), this.pick(wishes), this)
    })
  }

  get written(): readonly WrittenEvent[] {
    return this.log.written
  }

  get policyAtTheEnd(): number {
    return this.nodes[0]!.inForce
  }

  /** What the log has of an entity now. */
  versionsOf(key: string): WrittenEvent[] {
    return this.written.filter((version) => keyOf(version) === key && !this.isGone(version))
  }

  /** A type's other topics are read again where one was made anew: what is shown then begins anew too. */
  wasReadAgain({ entityType }: WrittenEvent): boolean {
    return entities
      .filter(({ name }) => name === entityType)
      .flatMap(topicsOf)
      .some(({ topic }) => this.log.generationOf(topic) > 0)
  }

  /** Whether its topic was made anew since. */
  isGone({ topic, generation }: WrittenEvent): boolean {
    return generation !== this.log.generationOf(topic)
  }

  async run(steps: number): Promise<void> {
    for (const node of this.nodes) await this.start(node)
    for (let step = 0; step < steps; step++) await this.step()
    await this.settle()
    for (const { gateway } of this.nodes) {
      const stopped = gateway.stop(1_000)
      await this.clock.advance(2_000)
      await stopped
    }
  }

  /** All come back and read what there is, under one policy. */
  private async settle(): Promise<void> {
    await this.clock.settle()
    for (const node of this.nodes) {
      node.lagging.next(new Set())
      if (!node.isUp) await this.start(node)
      this.changePolicy(node, this.nodes[0]!.inForce)
    }
    for (let round = 0; round < 6; round++) {
      for (const page of this.pages) {
        this.connect(page)
        page.drain()
        page.subscribeAll()
      }
      await this.clock.advance(30_000)
    }
    for (const page of this.pages) page.read()
  }

  private async start(node: SimulatedNode): Promise<void> {
    node.gateway = new Gateway({
      ...{
        entities,
        source: held(new MemorySource(this.log.topics, this.clock), node),
        registry: this.log.registry,
        policy: node.policy,
        longs: 'number',
      },
      limits: { ...gatewayLimits, subscriptionsMax: 20, mailboxBytesMax: 3_000, frameOutBytesMax: 3_000, actorsInTickMax: 2 },
      state: { bytesMax: 1e9, fillSecondsMax: 300, window: { bytesMax: 4_000, secondsMax: 3_600 } },
      ...{ node: 'node', verifier: { verify: (token) => Promise.resolve(verifiedFrom(token)) } },
      ...{ clock: this.clock, random: this.log.random, meter: this.meter, log: recordingLog(this.logged) },
    })
    const started = node.gateway.start()
    await this.clock.settle()
    await started
    node.isUp = true
  }

  private async step(): Promise<void> {
    const draw = this.log.random()
    const page = this.pick(this.pages)
    if (draw < 0.5) this.log.write()
    else if (draw < 0.53) this.log.writeTombstone()
    else if (draw < 0.61) this.connect(page)
    else if (draw < 0.65) page.wishList(this.pick(lists), this.log.random() < 0.8)
    else if (draw < 0.75)
      page.wish(this.pick(['order', 'parcel', 'order', 'parcel', undefined]), this.pick(entityIds), this.log.random() < 0.75)
    else if (draw < 0.79) page.stall()
    else if (draw < 0.83) page.drain()
    else if (draw < 0.84) await this.authenticate(page)
    else if (draw < 0.86) page.leave()
    else if (draw < 0.88) this.lag(this.pick(this.nodes))
    else if (draw < 0.885) await this.crash(this.pick(this.nodes))
    else if (draw < 0.887) this.makeAnew()
    else if (draw < 0.89) this.log.evolve()
    else if (draw < 0.905) this.changePolicySoon(this.pick(this.nodes))
    else await this.clock.advance(Math.floor(this.log.random() * 200))
  }

  private connect(page: Page): void {
    const node = this.pick(this.nodes.filter(({ isUp }) => isUp))
    if (page.isConnected) return
    const transport = new FakeTransport()
    const { sub, roles, region } = page.user
    const { subprotocol } = page
    const who = identity({ sub, roles, subprotocol, clientId: String(this.pages.indexOf(page)), claims: { sub, region } })
    const accepted = node.gateway.connections.accept(who, transport)
    page.connected({ node, transport, accepted, rightsFrom: [[0, { policy: node.inForce, user: page.user }]] })
  }

  /** From then on the page is somebody of the same name with other rights. */
  private async authenticate(page: Page): Promise<void> {
    const { roles } = this.pick(users)
    const user = { sub: page.user.sub, roles, region: this.pick(['eu', 'us']) }
    if (!page.authenticate(user)) return
    await this.clock.settle()
    page.authenticated(user)
    this.met.renewed++
  }

  /** What the node held is gone, and its sockets with what was in them. */
  private async crash(node: SimulatedNode): Promise<void> {
    this.met.crashes++
    node.lagging.next(new Set())
    for (const page of this.pages) if (page.connection?.node === node) page.cut()
    node.isUp = false
    const stopped = node.gateway.stop(0)
    await this.clock.advance(1)
    await stopped
    await this.start(node)
  }

  /** From then on some partitions do not arrive, until this is asked again. */
  private lag(node: SimulatedNode): void {
    this.met.lags++
    const names = entities.flatMap(topicsOf).flatMap(({ topic }) => [`${topic}/0`, `${topic}/1`])
    node.lagging.next(new Set(names.filter(() => node.lagging.value.size === 0 && this.log.random() < 0.5)))
  }

  private changePolicySoon(node: SimulatedNode, ticks = Math.floor(this.log.random() * 5)): void {
    if (ticks === 0) this.changePolicy(node, 1 - node.inForce)
    else this.clock.nextTick(() => this.changePolicySoon(node, ticks - 1))
  }

  private changePolicy(node: SimulatedNode, policy: number): void {
    if (node.inForce === policy) return
    node.inForce = policy
    // What leaves at once, as too much waits, leaves under the new one.
    for (const page of this.pages) if (page.connection?.node === node) page.policyIsNow(policy)
    node.policy.replaceBy(parsePolicy(JSON.stringify(policies[policy])))
  }

  private makeAnew(): void {
    this.met.madeAnew++
    this.log.makeAnew(entities.filter(({ name }) => !this.isParcelsOnly || name === 'parcel'))
  }

  private pick<T>(from: readonly T[]): T {
    return this.log.pick(from)
  }
}

/** A batch of a partition that lags waits. */
function held(source: MemorySource, { lagging }: SimulatedNode): PartitionSource {
  const partitions$ = source.partitions$.pipe(
    map((partition) => {
      const { topic, partition: number, batches$ } = partition
      const arrives = () =>
        lagging.pipe(
          filter((names) => !names.has(`${topic}/${number}`)),
          take(1),
        )
      const late$ = batches$.pipe(concatMap((batch) => arrives().pipe(map(() => batch))))
      return { ...partition, batches$: late$ }
    }),
  )
  return sourceWith(source, { partitions$ })
}

function verifiedFrom(token: string): VerifiedToken {
  const { sub, roles, region } = JSON.parse(token) as SimulatedUser
  return { sub, roles, claims: { sub, region }, expiresAtMs: Infinity }
}
