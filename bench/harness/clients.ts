import { isDeepStrictEqual } from 'node:util'
import type { Fed } from '../feed/event-log.js'
import type { ChurnOrder } from '../load/churn.js'
import { latencyOf, type Latency } from '../load/latency.js'
import type { ClientPlan } from '../load/load-connection.js'
import type { LoadCommands, LoadResult } from '../load/load-process.js'
import type { Sighted } from '../load/sightings.js'
import type { Sample } from '../load/tally.js'
import type { Standstill } from '../timeline/standstills.js'
import type { Schedule } from '../workload/schedule.js'
import { Child } from './child.js'
import { monotonicMs, pause } from './monotonic.js'
import { ClientsClosed, TrialFailure } from './trial-failure.js'

/** What all clients have received since `begin`. */
export interface Received {
  readonly deliveries: number
  readonly bytes: number
  readonly latency: Latency
  /** Of their processes. */
  readonly standstills: readonly Standstill[]
}

/** The data that plain CASL permits that role of that event. */
export type ExpectedData = (role: string, entity: number, sequence: number) => unknown

/** The clients of a trial, in processes of their own. */
export class Clients {
  private readonly processes: readonly Child<LoadCommands>[]
  private readonly shares: readonly (readonly ClientPlan[])[]

  constructor(plans: readonly ClientPlan[], processes: number) {
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

  async begin(schedule: Schedule): Promise<void> {
    await Promise.all(this.processes.map((child) => child.ask('begin', schedule)))
  }

  /** How many updates these clients must receive of what was fed. */
  expected({ counts }: Fed): number {
    let sum = 0
    for (const { entities } of this.shares.flat().filter(({ sees }) => sees)) for (const entity of entities) sum += counts[entity] ?? 0
    return sum
  }

  /** Resolves when so many updates have arrived. @throws TrialFailure where nothing comes any more, or a client was closed. */
  async untilReceived(deliveries: number, stalledMsMax = 10_000): Promise<void> {
    let [received, changedAt] = [-1, Date.now()]
    for (;;) {
      const all = await Promise.all(this.processes.map((child) => child.ask('progress', undefined)))
      const now = all.reduce((sum, progress) => sum + progress.received, 0)
      if (now >= deliveries) return
      if (all.some(({ failed }) => failed)) for (const result of await this.results()) checkErrors(result)
      if (now !== received) [received, changedAt] = [now, Date.now()]
      if (Date.now() - changedAt > stalledMsMax) throw new TrialFailure(`${deliveries - now} of ${deliveries} updates have not arrived`)
      await pause(10)
    }
  }

  /** Holds what has arrived against what was fed, and samples of it against CASL. @throws TrialFailure */
  async verified(fed: Fed, expectedData: ExpectedData | undefined): Promise<Received> {
    const results = await this.results()
    for (const [index, result] of results.entries()) {
      checkErrors(result)
      checkAccount(result, this.shares[index]!, fed)
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

function checkErrors({ errors, closes }: LoadResult): void {
  if (errors.length > 0) throw new TrialFailure(`clients received what they do not expect: ${errors[0]!}`)
  if (closes.size > 0) throw new ClientsClosed(closes)
}

function checkAccount(result: LoadResult, plans: readonly ClientPlan[], fed: Fed): void {
  const { counts, sums, disordered, foreign } = result
  if (disordered > 0) throw new TrialFailure(`${disordered} updates arrived twice or out of order`)
  if (foreign > 0) throw new TrialFailure(`${foreign} updates arrived at clients that had not subscribed to their entity`)
  let slot = 0
  for (const { entities, sees } of plans) {
    for (const entity of entities) {
      const [count, sum] = sees ? [fed.counts[entity] ?? 0, fed.sums[entity] ?? 0] : [0, 0]
      if (counts[slot] !== count || sums[slot] !== sum)
        throw new TrialFailure(`a client has ${counts[slot]} updates of entity ${entity}, and was to have ${count}`)
      slot++
    }
  }
}

function checkSample({ role, entity, sequence, text }: Sample, expectedData: ExpectedData): void {
  const { data } = JSON.parse(text) as { data: unknown }
  const expected = expectedData(role, entity, sequence)
  if (!isDeepStrictEqual(data, expected))
    throw new TrialFailure(`a client of role ${role} received ${JSON.stringify(data)}; CASL permits ${JSON.stringify(expected)}`)
}
