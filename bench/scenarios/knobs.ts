import { InvalidArgumentError } from 'commander'
import { roles } from '../workload/policy.js'

/** Everything that can be set on the command line, for all scenarios; a scenario says what it uses of it and by what default. */
export interface Knobs {
  readonly clients: number
  readonly entities: number
  readonly roles: number
  readonly eventsPerSecond: number
  readonly burst: number
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly rounds: number
  readonly partitions: number
  readonly loadProcesses: number
  readonly subscriptions: number
  readonly owners: number
  readonly users: number
  readonly searchSeconds: number
  readonly rateMax: number
  readonly p99MsMax: number
  readonly changes: number
  readonly atOnce: number
  readonly awaySeconds: number
  readonly requestsPerSecond: number
}

export const knobTexts: Readonly<Record<keyof Knobs, string>> = {
  clients: 'clients that are connected',
  entities: 'entities that change; in collections: that are known',
  roles: 'roles among the clients, each with a mask of its own (1 to 3)',
  eventsPerSecond:
    'events that are due in a second; in soak: with how many the search begins, in sharded with four times as many; in fan-out and rights: a tenth of it for naive, ws and socket-io; in slow: a 16th of all, as the rest is for the slow',
  burst: 'events that are due at the same moment; 1: evenly spaced (fan-out and batch have bursts of their own, revoke none)',
  seconds: 'how long one measurement feeds',
  warmUpSeconds: 'how long each server is fed before it is measured',
  rounds: 'how often each contender is measured, each time in a fresh process',
  partitions: 'partitions of the topic',
  loadProcesses: 'processes that hold the clients',
  subscriptions: 'subscriptions of a client, where it has several (mixed, connect)',
  owners: 'subscribers of one entity of whom one owns it (rights)',
  users: 'users who have claims on the topic (claims)',
  searchSeconds: 'how long a rate must be held (sharded, soak)',
  atOnce: 'clients that connect at a time (connect, resume, collections)',
  awaySeconds: 'how long clients stay away before they come back (resume)',
  requestsPerSecond: 'subscriptions and unsubscriptions of all clients in a second (churn)',
  rateMax: 'the highest rate that is tried, in events a second (sharded, soak, latency)',
  p99MsMax: 'the ms within which p99 must be at the rate that is searched for (sharded)',
  changes: 'changes in a round: of the policy (revoke), so many under load, so many of pages; of the claims of one user (claims)',
}

/** Times and rates; of all else there are whole ones only. */
const fractional: ReadonlySet<string> = new Set<keyof Knobs>([
  ...(['seconds', 'warmUpSeconds', 'searchSeconds', 'awaySeconds'] as const),
  ...(['eventsPerSecond', 'requestsPerSecond', 'rateMax', 'p99MsMax'] as const),
])
const most: Readonly<Partial<Record<string, number>>> = { roles: roles.length }

/** @throws InvalidArgumentError where nothing could be measured with it. */
export function parseKnob(knob: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0.')
  if (!fractional.has(knob) && !Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.')
  if (value > (most[knob] ?? Infinity)) throw new InvalidArgumentError(`It must be ${most[knob]} at the most.`)
  return value
}

/** With these the headline takes some 20 minutes. */
export const knobDefaults: Knobs = {
  ...{ clients: 1000, entities: 4, roles: 3, eventsPerSecond: 100, burst: 1 },
  ...{ seconds: 3, warmUpSeconds: 1.5, rounds: 5, partitions: 4, loadProcesses: 1 },
  ...{ subscriptions: 20, owners: 10_000, users: 100_000, atOnce: 50, requestsPerSecond: 10_000, changes: 20, awaySeconds: 10 },
  ...{ searchSeconds: 20, rateMax: 240_000, p99MsMax: 100 },
}
