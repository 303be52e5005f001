import { answer } from '../harness/child.js'
import { monotonicMs } from '../harness/monotonic.js'
import type { Schedule } from '../workload/schedule.js'
import { Standstills } from '../timeline/standstills.js'
import { Churn, type ChurnOrder } from './churn.js'
import type { ClientPlan, SubscriptionOptions } from './client-plan.js'
import type { LoadConnection } from './load-connection.js'
import { movingConnection } from './moving-connection.js'
import type { Sighted } from './sightings.js'
import { Tally } from './tally.js'

// A process of its own: holds clients, counts what they receive, and measures when.

export interface ConnectOrder {
  readonly clients: readonly ClientPlan[]
  /** Clients that are on their way at a time. */
  readonly atOnce: number
}

export type LoadCommands = typeof commands

const tally = new Tally()
const standstills = new Standstills()
const connections: LoadConnection[] = []
let churn: Churn | undefined

const commands = {
  /** Resolves when all are there and have subscribed, with the seconds that it took. What arrives is counted. */
  async connect({ clients, atOnce }: ConnectOrder): Promise<number> {
    const slots = clients.map(({ entities }) => tally.account.reserve(entities.length))
    tally.begin()
    const started = monotonicMs()
    let next = 0
    const one = async () => {
      for (let client = next++; client < clients.length; client = next++) {
        const [place, slot] = [client, slots[client]!]
        const connection = movingConnection(clients[client]!, tally, slot, (next) => (connections[place] = next))
        connections[client] = connection
        await connection.opened
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    return (monotonicMs() - started) / 1000
  },

  /** From here on what arrives is counted. Resolves when all have subscribed, with the seconds that it took. */
  async subscribe(options: SubscriptionOptions): Promise<number> {
    tally.begin()
    const started = monotonicMs()
    await Promise.all(connections.map((connection) => connection.subscribe(options)))
    return (monotonicMs() - started) / 1000
  },

  async unsubscribe(options: SubscriptionOptions): Promise<void> {
    await Promise.all(connections.map((connection) => connection.unsubscribe(options)))
  },

  /** Of what each client holds of its entities. */
  cursors(): string[][] {
    return connections.map((connection) => connection.cursors())
  },

  /** From here on what arrives is counted, without a schedule. */
  count(): void {
    tally.begin()
  },

  /** From here on what arrives is counted, against this schedule. */
  begin(schedule: Schedule): void {
    tally.begin()
    tally.latency.begin(schedule)
    for (const connection of connections) connection.begin(schedule)
    standstills.begin()
  },

  /** From here on it is kept in which deliveries this text stands. */
  watchFor(text: string): void {
    tally.sightings.watchFor(text)
  },

  sighted(): Sighted {
    return tally.sightings.result()
  },

  /** From here on clients also subscribe to other entities and unsubscribe from them. */
  churn(order: ChurnOrder): void {
    tally.answers = 0
    churn = new Churn(connections, order)
  },

  stopChurn(): void {
    churn?.stop()
  },

  /** Requests since `churn`, and how many of them have been answered. */
  churned() {
    return { requests: churn?.requests ?? 0, answers: tally.answers }
  },

  progress() {
    const { received, repeats, repeatedMs, closes, errors } = tally
    return { received, repeats, repeatedMs, failed: closes.size + errors.length > 0 }
  },

  async result() {
    const { closes, errors, samples, received, bytes } = tally
    const latency = tally.latency.encoded()
    return { ...tally.account.result(), closes, errors, samples, received, bytes, latency, standstills: await standstills.end() }
  },

  disconnect(): void {
    for (const connection of connections) connection.reset()
    connections.length = 0
  },
}

export type LoadResult = Awaited<ReturnType<(typeof commands)['result']>>

answer(commands)
