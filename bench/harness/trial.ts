import { join } from 'node:path'
import type { Contender, RunningServer, ServerCounts } from '../contenders/contender.js'
import type { Fed, FeedOrder } from '../feed/event-log.js'
import type { ClientPlan, SubscriptionOptions } from '../load/client-plan.js'
import { halfSecondsOf } from '../timeline/half-seconds.js'
import { Watch } from '../timeline/watch.js'
import { firstSequence } from '../workload/order.js'
import type { ExtraFields } from '../workload/order-version.js'
import { nothingFed, nothingRetold, type ExpectedData, type Retold } from './account-check.js'
import { plansOf, type ClientSketch } from './client-sketch.js'
import { Clients, type Received } from './clients.js'
import type { Lab, Topic } from './lab.js'
import type { Connecting, Load, Measured } from './measured.js'
import { monotonicMs, pause } from './monotonic.js'
import { cpuBetween, cpuTimeOf, residentBytesOf, type CpuTime } from './process-usage.js'
import { countsOnceRead } from './server-counts.js'
import { TrialFailure } from './trial-failure.js'

/** One server, its clients and what they may see. */
export interface TrialSetUp {
  readonly contender: Contender
  readonly clients: readonly ClientSketch[]
  readonly partitions: number
  readonly policy: string
  readonly env?: Readonly<Record<string, string>>
  /** What a client of a role may see of an event; undefined where the contender knows no rights. */
  readonly expectedData: ExpectedData | undefined
  readonly loadProcesses?: number
  /** Fields of the order beside the plain ones. */
  readonly extra?: ExtraFields
  /** So many owners have the orders in turn; each order has an owner of its own unless told. */
  readonly owners?: number
  /** Clients that are on their way at a time. */
  readonly atOnce?: number
  /** Where each connects: to the server, unless told. */
  readonly plansOf?: (server: RunningServer, clients: readonly ClientSketch[], topic: Topic) => Promise<ClientPlan[]>
}

/** What goes on while it is measured. */
interface During {
  readonly watch?: Watch
  readonly isRetold?: Retold
}

/** A server that has read nothing for so long has read all. */
const quietMs = 500

/** Between the order to feed and the first event, so that everybody knows the schedule by then. */
const leadMs = 150

/** A fresh server with clients that have subscribed: to be measured as often as the scenario likes. */
export class Trial {
  private sequence = firstSequence
  private changes = 0
  private countsBefore: ServerCounts = { frames: 0, writes: 0, encoded: 0 }

  private constructor(
    private readonly lab: Lab,
    private readonly topic: Topic,
    private readonly expectedData: ExpectedData | undefined,
    readonly server: RunningServer,
    private readonly newClients: () => Clients,
    public clients: Clients,
    /** From the start of the server's process until clients could come, in milliseconds. */
    readonly readyMs: number,
    /** What connecting and subscribing took. */
    readonly connecting: Connecting,
  ) {}

  static async begin(lab: Lab, setUp: TrialSetUp): Promise<Trial> {
    const { contender, partitions, policy, env = {}, expectedData, loadProcesses = 1, extra, owners, atOnce } = setUp
    const topic = await lab.freshTopic({ partitions, extra, owners })
    const startedMs = monotonicMs()
    const server = await contender.start({ lab, topic, policy, env })
    const readyMs = monotonicMs() - startedMs
    const plans = await (setUp.plansOf ?? plansOf)(server, setUp.clients, topic)
    const newClients = () => new Clients(plans, loadProcesses)
    const clients = newClients()
    try {
      const before = cpuTimeOf(server.pid)
      const seconds = await clients.connect(atOnce)
      const connecting = { seconds, cpu: cpuBetween(before, cpuTimeOf(server.pid)) }
      return new Trial(lab, topic, expectedData, server, newClients, clients, readyMs, connecting)
    } catch (error) {
      await Promise.all([clients.stop(), server.stop()])
      throw error
    }
  }

  /**
   * Feeds, waits until everything has arrived, and holds it against the account.
   * @param isRetold of which entities each client is told a version once more meanwhile, as its rights change.
   * @throws TrialFailure
   */
  async measure(load: Load, isRetold = nothingRetold): Promise<Measured> {
    const order = await this.announce(load)
    await this.startProfile()
    const { server, processes, lab, countsBefore } = this
    const watch = await Watch.begin({ server, processes, counts: lab.samplesStages ? countsBefore : undefined })
    try {
      return await this.measured(order, () => server.feed(order), { watch, isRetold })
    } finally {
      watch.end()
    }
  }

  /** The server is stopped while the load is fed, and then has to catch up: what it needs for it is measured. @throws TrialFailure */
  async measureCatchingUp(load: Load): Promise<Measured> {
    if (this.lab.parts === undefined)
      throw new TrialFailure('a gateway whose log is in its own memory cannot fall behind it: leave --memory out')
    const order = await this.announce(load)
    await this.startProfile()
    this.server.signal('SIGSTOP')
    const fed = await this.server.feed(order)
    const startMs = monotonicMs()
    return await this.measured({ ...order, schedule: { ...order.schedule, startMs } }, () => {
      this.server.signal('SIGCONT')
      return Promise.resolve(fed)
    })
  }

  /** From the middle of the load on, that is measured next, records are written by a further version of their schema. Answers from which sequence number on. */
  async changeSchemaWithin({ eventsPerSecond, seconds }: Load, extra: ExtraFields): Promise<number> {
    const schemaId = await (this.server.registerSchema?.(extra) ?? this.lab.register(this.topic, extra))
    const fromSequence = this.sequence + Math.floor((eventsPerSecond * seconds) / 2)
    await this.lab.changeSchema(schemaId, extra, fromSequence)
    return fromSequence
  }

  /** Feeds what no client has subscribed to yet, and waits until the server has read it. */
  async fill(load: Load): Promise<Fed> {
    const order = await this.announce(load)
    const fed = await this.server.feed(order)
    await countsOnceRead(this.server, fed.events, this.countsBefore)
    return fed
  }

  /** Clients subscribe that were to do so later, all at once; what they are sent is held against what was fed. @throws TrialFailure */
  async measureSubscribing(options: SubscriptionOptions, fed: Fed): Promise<Connecting> {
    await this.startProfile()
    const before = cpuTimeOf(this.server.pid)
    const seconds = await this.clients.subscribe(options)
    const cpu = cpuBetween(before, cpuTimeOf(this.server.pid))
    await this.stopProfile(options.snapshot ? 'snapshots' : 'subscriptions')
    await this.clients.verified(options.snapshot ? fed : nothingFed, this.expectedData)
    return { seconds, cpu }
  }

  /**
   * All clients are cut off, and come back after what is fed meanwhile, with their cursors or for all of their collections: until the last has
   * all of it. @throws TrialFailure where one is not sent all that it has missed.
   */
  async measureComingBack(load: Load, atOnce: number): Promise<Connecting & Pick<Received, 'bytes'>> {
    const clients = await this.clients.successors()
    await this.clients.stop()
    this.clients = clients
    const fed = await this.fill(load)
    await this.startProfile()
    const [before, startedMs] = [cpuTimeOf(this.server.pid), monotonicMs()]
    await clients.connect(atOnce)
    await clients.untilReceived(clients.expected(fed))
    const [cpu, seconds] = [cpuBetween(before, cpuTimeOf(this.server.pid)), (monotonicMs() - startedMs) / 1000]
    await this.stopProfile('coming-back')
    const { bytes } = await clients.verified(fed, this.expectedData)
    return { seconds, cpu, bytes }
  }

  /**
   * Calls `change`, which concerns these entities alone, as `Clients.toldAfter` does. Answers also how many connections were looked at for it.
   * @throws TrialFailure
   */
  async measureTold(change: () => Promise<void>, text: string, isRetold: Retold) {
    const { comparedByClaims: comparedBefore = 0 } = await this.server.counts()
    await this.startProfile()
    const before = cpuTimeOf(this.server.pid)
    const told = await this.clients.toldAfter(change, text, isRetold)
    const cpu = cpuBetween(before, cpuTimeOf(this.server.pid))
    await this.stopProfile(`told-${this.changes++}`)
    const { comparedByClaims = 0 } = await this.server.counts()
    return { ...told, cpu, compared: comparedByClaims - comparedBefore }
  }

  /** What the server uses while nothing is fed. */
  async measureIdle(seconds: number): Promise<CpuTime> {
    await this.startProfile()
    const before = cpuTimeOf(this.server.pid)
    await pause(seconds * 1000)
    const cpu = cpuBetween(before, cpuTimeOf(this.server.pid))
    await this.stopProfile('idle')
    return cpu
  }

  private async startProfile(): Promise<void> {
    if (this.lab.profiles) await this.server.startProfile?.()
  }

  private async stopProfile(name: string): Promise<void> {
    if (this.lab.profiles) await this.server.stopProfile?.(join(this.lab.profiles, `${this.topic.name}-${name}.cpuprofile`))
  }

  private get processes() {
    const { server, lab, clients } = this
    const ofClients = clients.pids.map((pid) => ({ who: 'clients', pid }))
    return [{ who: 'feeder', pid: lab.feederPid }, { who: 'server', pid: server.pid }, ...ofClients]
  }

  private async measured({ schedule }: FeedOrder, feed: () => Promise<Fed>, during: During = {}): Promise<Measured> {
    const { watch, isRetold } = during
    const { server, clients, countsBefore } = this
    const before = cpuTimeOf(server.pid)
    const fed = await feed()
    const expected = clients.expected(fed)
    await clients.untilReceived(expected, isRetold)
    // Asking for the counts costs CPU as well: only where nobody receives anything must it be asked for first.
    const early = expected > 0 ? cpuTimeOf(server.pid) : undefined
    const receivedMs = monotonicMs()
    // Where nobody receives what is fed, it is over when the server has read it.
    const counts = await countsOnceRead(server, fed.events, countsBefore)
    const seconds = ((early ? receivedMs : monotonicMs()) - schedule.startMs) / 1000
    const [after, rssBytes] = [early ?? cpuTimeOf(server.pid), residentBytesOf(server.pid)]
    await this.stopProfile(String(schedule.firstSequence))
    const received = await clients.verified(fed, this.expectedData, isRetold)
    const timeline = watch === undefined ? [] : halfSecondsOf(await watch.result({ schedule, fed, received }))
    const { deliveries, bytes, latency } = received
    return { events: fed.events, deliveries, bytes, seconds, cpu: cpuBetween(before, after), counts, latency, rssBytes, fed, timeline }
  }

  /** Lets all clients go, waits until the server has nothing left for them, and connects as many new ones. */
  async replaceClients(): Promise<void> {
    await this.clients.stop()
    for (let before = -1, now = 0; now !== before; [before, now] = [now, (await this.server.counts()).records ?? 0]) await pause(quietMs)
    this.clients = this.newClients()
    await this.clients.connect()
  }

  /** Tells the clients what comes, and answers what is to be fed. */
  async announce({ popularity, eventsPerSecond, burst, seconds }: Load) {
    const events = Math.max(burst, Math.round((eventsPerSecond * seconds) / burst) * burst)
    this.countsBefore = await this.server.counts()
    const schedule = { startMs: monotonicMs() + leadMs, eventsPerSecond, burst, events, firstSequence: this.sequence }
    this.sequence += events
    await this.clients.begin(schedule)
    return { schedule, popularity }
  }

  async end(): Promise<void> {
    await Promise.all([this.clients.stop(), this.server.stop()])
    await this.lab.dropTopic(this.topic)
  }
}
