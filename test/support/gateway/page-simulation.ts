import { topicsOf } from '#entities.js'
import { Meter } from '#gateway/observe/meter.js'
import type { LoggedLine } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { identity } from './connection-fixture.js'
import { FakeTransport } from './fake-transport.js'
import { Page } from './page.js'
import { keyOf } from './picture-oracle.js'
import { SimulatedControl } from './simulated-control.js'
import { lists } from './simulated-lists.js'
import { SimulatedLog } from './simulated-log.js'
import { SimulatedNode, verifiedFrom } from './simulated-node.js'
import { entities, entityIds, startMs, users, type SimulatedToken, type SimulatedUser, type WrittenEvent } from './simulated-world.js'

// Two gateways on one log in memory, all drawn from one seed. Pages subscribe to entities, come and go, read slowly, and go on at any node
// with what they hold; nodes crash and begin anew, and lag behind. Control topics, which each node reads at its own speed, change the policy and
// what is known of users, and revoke tokens. What each page must hold says `Page`, and what each node must go by `KnownRights`.

const dialects = ['sluice.v1', 'sluice.v1', 'sluice.v1', 'sluice.v1.batch', undefined] as const
const wishes = [{}, {}, { on_slow: 'close' }, { max_hz: 20 }] as const

export class PageSimulation {
  readonly pages: readonly Page[]
  readonly logged: LoggedLine[] = []
  readonly meter = new Meter()
  /** What is amiss at the end, when all is quiet. */
  private readonly wrongs: string[] = []
  readonly met = {
    crashes: 0,
    gaps: 0,
    lags: 0,
    madeAnew: 0,
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
    listsByIndex: 0,
    renewed: 0,
    revoked: 0,
    keptOut: 0,
    notStarted: 0,
  }
  private readonly clock = new SimulatedClock(startMs)
  private readonly log: SimulatedLog
  readonly control: SimulatedControl
  private readonly nodes: readonly SimulatedNode[]
  /** All that were issued. */
  private readonly tokens: SimulatedToken[] = []

  /** Whether no topic of orders is made anew: there the order of versions is known throughout. */
  private readonly isParcelsOnly: boolean

  constructor(seed: number) {
    this.isParcelsOnly = seed % 3 > 0
    this.log = new SimulatedLog(seed, this.clock)
    this.control = new SimulatedControl(this.log)
    this.pages = Array.from({ length: 6 }, (_none, number) => {
      return new Page(this.tokenOf(users[number % users.length]!), this.pick(dialects), this.pick(wishes), this)
    })
    const { log, clock, meter, logged } = this
    this.nodes = [0, 1].map(() => new SimulatedNode({ log, clock, meter, logged, followers: () => this.pages }))
  }

  get written(): readonly WrittenEvent[] {
    return this.log.written
  }

  get faults(): string[] {
    return [...this.pages, ...this.nodes].flatMap(({ faults }) => faults).concat(this.wrongs)
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
    for (const node of this.nodes) await node.start()
    for (let step = 0; step < steps; step++) await this.step()
    await this.settle()
    for (const node of this.nodes) await node.stop(1_000)
  }

  /** All come back and read what there is, then at the other node. */
  private async settle(): Promise<void> {
    await this.clock.settle()
    this.control.publishReadable()
    for (const node of this.nodes) node.catchUp()
    await this.comeBack(4)
    for (const page of this.pages) page.leave()
    await this.comeBack(2)
    this.met.listsByIndex = this.meter.collectionScans.get('index') ?? 0
    this.wrongs.push(...this.nodes.flatMap(({ unread }) => unread.map((topic) => `a node does not read ${topic}`)))
    const [one, other] = this.nodes.map(({ hashes }) => hashes.slice(0, this.control.hasLostRevocations ? 2 : 3).join())
    if (one !== other) this.wrongs.push(`nodes that have read all go by ${one} and ${other}`)
  }

  private async comeBack(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const page of this.pages) {
        this.connect(page)
        page.drain()
        page.subscribeAll()
      }
      await this.clock.advance(30_000)
    }
    this.wrongs.push(...this.pages.flatMap((page) => page.wrongs()))
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
    else if (draw < 0.85) await this.authenticate(page)
    else if (draw < 0.87) page.leave()
    else if (draw < 0.89) this.lag(this.pick(this.nodes))
    else if (draw < 0.895) await this.crash(this.pick(this.nodes))
    else if (draw < 0.897) this.makeAnew()
    else if (draw < 0.9) this.log.evolve()
    else if (draw < 0.935) this.changeRightsSoon(page)
    else await this.clock.advance(Math.floor(this.log.random() * 200))
  }

  private connect(page: Page): void {
    const node = this.pick(this.nodes)
    if (page.isConnected) return
    const { token, subprotocol } = page
    const verified = verifiedFrom(JSON.stringify(token))
    const who = identity({ ...verified, subprotocol, clientId: String(this.pages.indexOf(page)) })
    const refusal = node.refusalOf(who, token)
    if (refusal === 'starting') this.met.notStarted++
    if (refusal === 'token_revoked') this.met.keptOut++
    // Who is kept out logs in, and comes again.
    if (refusal === 'token_revoked') page.token = this.tokenOf(token)
    if (refusal !== undefined) return
    const transport = new FakeTransport()
    page.connected({ node, transport, accepted: node.accept(who, transport), rightsFrom: [] })
  }

  /** From then on the page is somebody of the same name with other rights, by a new token or by one that it had before. */
  private async authenticate(page: Page): Promise<void> {
    const { sub } = page.token
    const token = this.log.random() < 0.6 ? this.newToken(sub) : this.pick(this.tokens.filter((one) => one.sub === sub))
    if (!page.authenticate(token)) return
    await this.clock.settle()
    page.authenticated(token)
    this.met.renewed++
  }

  private newToken(sub: string): SimulatedToken {
    const { roles } = this.pick(users)
    return this.tokenOf({ sub, roles, region: this.pick(['eu', 'us']) })
  }

  /** Some tokens do not say when they were issued. */
  private tokenOf({ sub, roles, region }: SimulatedUser): SimulatedToken {
    const issuedMs = this.log.random() < 0.9 ? this.log.othersTime : undefined
    const token = { sub, roles, region, jti: String(this.tokens.length), issuedMs }
    this.tokens.push(token)
    return token
  }

  /** Sockets are gone with what was in them. */
  private async crash(node: SimulatedNode): Promise<void> {
    this.met.crashes++
    for (const page of this.pages) if (page.connection?.node === node) page.cut()
    await node.crash()
  }

  private lag(node: SimulatedNode): void {
    this.met.lags++
    node.lag()
  }

  /** At once, or some ticks later: before, amid and behind the writes of what has been authorized. */
  private changeRightsSoon(page: Page, ticks = Math.floor(this.log.random() * 5)): void {
    if (ticks > 0) return this.clock.nextTick(() => this.changeRightsSoon(page, ticks - 1))
    const draw = this.log.random()
    if (draw < 0.35) this.control.changePolicy()
    else if (draw < 0.7) this.control.changeClaims()
    else if (draw < 0.85) this.control.revoke(page.token)
    else if (draw < 0.97) this.control.lift()
    else this.control.makeAnew()
  }

  private makeAnew(): void {
    this.met.madeAnew++
    this.log.makeAnew(entities.filter(({ name }) => !this.isParcelsOnly || name === 'parcel'))
  }

  private pick<T>(from: readonly T[]): T {
    return this.log.pick(from)
  }
}
