import type { ChurnOrder } from '../load/churn.js'
import { latencyOf, type Latency } from '../load/latency.js'
import type { ClientPlan, SubscriptionOptions } from '../load/client-plan.js'
import type { LoadCommands, LoadResult } from '../load/load-process.js'
import type { Sighted } from '../load/sightings.js'
import type { Standstill } from '../timeline/standstills.js'
import type { Schedule } from '../workload/schedule.js'
import { Child } from './child.js'
import {
  allRetold,
  checkAccount,
  checkErrors,
  checkSample,
  nothingFed,
  nothingRetold,
  type ExpectedData,
  type FedCounts,
  type Retold,
} from './account-check.js'
import { monotonicMs, pause } from './monotonic.js'
import { TrialFailure } from './trial-failure.js'

/** What all clients have received since `begin`. */
export interface Received {
  readonly deliveries: number
  readonly bytes: number
  readonly latency: Latency
  /** Of their processes. */
  readonly standstills: readonly Standstill[]
}

/** What a change of rights came to. */
export interface Told {
  /** Until the last client was told of it. */
  readonly ms: number
  /** In how many updates the text stood that was watched for. */
  readonly sightings: number
}

/** The clients of a trial, in processes of their own. */
export class Clients {
  private readonly processes: readonly Child<LoadCommands>[]
  private readonly shares: readonly (readonly ClientPlan[])[]

  constructor(
    private readonly plans: readonly ClientPlan[],
    processes: number,
  ) {
    this.processes = Array.from({ length: processes }, () => Child.start<LoadCommands>('bench/load/load-process'))
    this.shares = this.processes.map((_child, index) => plans.filter((_plan, client) => client % processes === index))
  }

  get pids(): number[] {
    return this.processes.map(({ pid }) => pid)
  }

  /** Resolves when all have subscribed, with the seconds that it took. */
  async connect(atOnce = 50): Promise<number> {
    const seconds = await Promise.all(this.processes.map((child, index) => child.ask('connect', { clients: this.shares[index]!, atOnce })))
    return Math.max(...seconds)
  }

  /** All those that were to do so later, at once: resolves when all have subscribed, with the seconds that it took. */
  async subscribe(options: SubscriptionOptions): Promise<number> {
    return Math.max(...(await Promise.all(this.processes.map((child) => child.ask('subscribe', options)))))
  }

  /** The same ones, from what they have subscribed to by these options. */
  async unsubscribe(options: SubscriptionOptions): Promise<void> {
    await Promise.all(this.processes.map((child) => child.ask('unsubscribe', options)))
  }

  /** The same clients, which are still to connect and go on from what these hold. */
  async successors(): Promise<Clients> {
    const { plans, processes } = this
    const cursors = await Promise.all(processes.map((child) => child.ask('cursors', undefined)))
    const continued = plans.map((plan, client) => ({
      ...plan,
      cursors: cursors[client % processes.length]![Math.floor(client / processes.length)]!,
    }))
    return new Clients(continued, processes.length)
  }

  async begin(schedule: Schedule): Promise<void> {
    await Promise.all(this.processes.map((child) => child.ask('begin', schedule)))
  }

  /** How many updates these clients must receive of what was fed. */
  expected({ counts }: FedCounts): number {
    let sum = 0
    for (const { entities } of this.plans.filter(({ sees }) => sees)) for (const entity of entities) sum += counts[entity] ?? 0
    return sum
  }

  /**
   * Resolves when so many updates have arrived, with when the last repeat did, on `monotonicMs`.
   * @param isRetold of which entities each client waits for an update besides that tells a version once more.
   * @throws TrialFailure where nothing comes any more, or a client was closed.
   */
  async untilReceived(deliveries: number, isRetold = nothingRetold, stalledMsMax = 10_000): Promise<number> {
    const retold = this.subscriptions(isRetold)
    const wanted = deliveries + retold
    let [received, changedAt] = [-1, Date.now()]
    for (;;) {
      const all = await Promise.all(this.processes.map((child) => child.ask('progress', undefined)))
      const now = all.reduce((sum, progress) => sum + progress.received + (retold > 0 ? progress.repeats : 0), 0)
      if (now >= wanted) return Math.max(...all.map(({ repeatedMs }) => repeatedMs))
      if (all.some(({ failed }) => failed)) for (const result of await this.results()) checkErrors(result)
      if (now !== received) [received, changedAt] = [now, Date.now()]
      if (Date.now() - changedAt > stalledMsMax) throw new TrialFailure(`${wanted - now} of ${wanted} updates have not arrived`)
      await pause(10)
    }
  }

  /**
   * Holds what has arrived against what was fed, and samples of it against CASL.
   * @param isRetold of which entities each client was to be told a version once more.
   * @throws TrialFailure
   */
  async verified(fed: FedCounts, expectedData: ExpectedData | undefined, isRetold = nothingRetold): Promise<Received> {
    const results = await this.results()
    for (const [index, result] of results.entries()) {
      checkErrors(result)
      checkAccount(result, this.shares[index]!, fed, isRetold)
      if (expectedData !== undefined) for (const sample of result.samples) checkSample(sample, expectedData)
    }
    return {
      deliveries: results.reduce((sum, { received }) => sum + received, 0),
      bytes: results.reduce((sum, { bytes }) => sum + bytes, 0),
      latency: latencyOf(results.map(({ latency }) => latency)),
      standstills: results.flatMap(({ standstills }) => standstills),
    }
  }

  /**
   * Calls `change` after `changeAtMs` of `forMs`, after which that text must not arrive any more. Answers how long it still did, in
   * milliseconds. @throws TrialFailure where it did not even arrive before.
   */
  async shownAfter(text: string, change: () => void, changeAtMs: number, forMs: number): Promise<number> {
    await this.watchFor(text)
    await pause(changeAtMs)
    if ((await this.sighted()).lastMs === 0) throw new TrialFailure(`${text} has not arrived before the change`)
    const changedMs = monotonicMs()
    change()
    await pause(forMs - changeAtMs)
    return Math.max(0, (await this.sighted()).lastMs - changedMs)
  }

  /**
   * Calls `change`, by which each client is to see something else of what it holds of some entities. Answers how long it took until the last of
   * them was told so, in milliseconds, and in how many of the updates that text stood. @throws TrialFailure where one is told nothing, or twice,
   * or of another entity.
   */
  async toldAfter(change: () => Promise<void> | void, text: string, isRetold: Retold = allRetold): Promise<Told> {
    await this.watchFor(text)
    await Promise.all(this.processes.map((child) => child.ask('count', undefined)))
    const changedMs = monotonicMs()
    const [lastMs] = await Promise.all([this.untilReceived(0, isRetold), change()])
    await this.verified(nothingFed, undefined, isRetold)
    const { byRole } = await this.sighted()
    return { ms: lastMs - changedMs, sightings: [...byRole.values()].reduce((sum, count) => sum + count, 0) }
  }

  /** From here on it is kept in which deliveries this text stands: in all of them, not in samples. */
  async watchFor(text: string): Promise<void> {
    await Promise.all(this.processes.map((child) => child.ask('watchFor', text)))
  }

  async sighted(): Promise<Sighted> {
    const all = await Promise.all(this.processes.map((child) => child.ask('sighted', undefined)))
    const byRole = new Map<string, number>()
    for (const [role, count] of all.flatMap((one) => [...one.byRole])) byRole.set(role, (byRole.get(role) ?? 0) + count)
    return { lastMs: Math.max(...all.map(({ lastMs }) => lastMs)), byRole }
  }

  /** While `during` goes on, clients also make so many requests a second. Answers how many were answered, which must be all. @throws TrialFailure */
  async churning<T>(order: ChurnOrder, during: () => Promise<T>): Promise<{ readonly result: T; readonly answers: number }> {
    const perSecond = order.perSecond / this.processes.length
    await Promise.all(this.processes.map((child) => child.ask('churn', { ...order, perSecond })))
    const result = await during()
    await Promise.all(this.processes.map((child) => child.ask('stopChurn', undefined)))
    for (const child of this.processes) await untilAnswered(child)
    const all = await Promise.all(this.processes.map((child) => child.ask('churned', undefined)))
    return { result, answers: all.reduce((sum, { answers }) => sum + answers, 0) }
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((child) => child.ask('disconnect', undefined).catch(() => undefined)))
    await Promise.all(this.processes.map((child) => child.stop()))
  }

  /** To such entities, of all clients that may see them. */
  private subscriptions(isSuch: Retold): number {
    return this.plans.reduce((sum, { entities, sees }) => sum + (sees ? entities.filter(isSuch).length : 0), 0)
  }

  private results(): Promise<LoadResult[]> {
    return Promise.all(this.processes.map((child) => child.ask('result', undefined)))
  }
}

async function untilAnswered(child: Child<LoadCommands>, forMsMax = 10_000): Promise<void> {
  const giveUpAt = Date.now() + forMsMax
  for (;;) {
    const { requests, answers } = await child.ask('churned', undefined)
    if (answers === requests) return
    if (Date.now() > giveUpAt) throw new TrialFailure(`${requests - answers} of ${requests} requests were not answered`)
    await pause(10)
  }
}
