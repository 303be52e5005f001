import type { Standstill } from '../timeline/standstills.js'
import type { Fed, FeedOrder } from '../feed/event-log.js'
import type { Lab, Topic } from '../harness/lab.js'
import type { ExtraFields } from '../workload/order-version.js'

/** Counts by upper bound in seconds, cumulative. */
export type Buckets = ReadonlyMap<number, number>

/** What a server says of what it has sent, since its start. */
export interface ServerCounts {
  readonly frames: number
  readonly writes: number
  /** Frames that were encoded, each for one or more clients; undefined where it does not count them. */
  readonly encoded: number | undefined
  /** Records that were read; undefined where it does not count them. */
  readonly records?: number
  /** Since the Kafka timestamp of the oldest record: when batches were taken up, and when writes were made; undefined where it does not count them. */
  readonly recordToRead?: Buckets
  readonly recordToWrite?: Buckets
  /** Connections whose pages were compared, as their users have other claims on a topic; undefined where it reads no such topic. */
  readonly comparedByClaims?: number
  /** Of all connections, at the moment; undefined where it has no mailboxes. */
  readonly mailboxBytes?: number
}

/** Who a client is: the gateway learns of it from the token, the others are told. */
export interface ClientIdentity {
  readonly role: string
  /** The claim that the policy of `rights` asks for. */
  readonly region?: string | undefined
}

/** A server under measurement, in a process of its own. */
export interface RunningServer {
  readonly pid: number
  /** Where a client connects. */
  readonly clientUrl: (client: number, identity: ClientIdentity) => string
  readonly socketIo?: boolean
  /** Where operators ask, where it has a port for them. */
  readonly adminUrl?: string
  /** Into the topic that it reads, or itself where it reads none. Resolves when all events have left. */
  feed(order: FeedOrder): Promise<Fed>
  counts(): Promise<ServerCounts>
  /** Resolves with resident memory in bytes, after a garbage collection where it can be asked for one. */
  collected(): Promise<number>
  /** Puts another policy in force, where it knows any. */
  replacePolicy?(text: string): void
  /** In the registry of its own, where it has one. Answers the id. */
  registerSchema?(extra: ExtraFields): Promise<number>
  /** When its process stood still since the call of `watch`, for those that can tell. */
  watch?(): Promise<void>
  standstills?(): Promise<readonly Standstill[]>
  /** Where its CPU time goes, for those that can tell. */
  startProfile?(): Promise<void>
  stopProfile?(file: string): Promise<void>
  signal(name: NodeJS.Signals): void
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly lab: Lab
  readonly topic: Topic
  /** The text of the policy file. */
  readonly policy: string
  /** Environment variables of the gateway, such as limits. */
  readonly env: Readonly<Record<string, string>>
}

export interface Contender {
  readonly name: string
  /** Whether each client gets no more than its rights allow. */
  readonly filters: boolean
  /** Whether it reads a topic of Kafka's; otherwise it feeds itself, or has its log in memory where there is no Kafka. */
  readonly needsKafka: boolean
  /** Whether frames that wait for one client leave in one write. */
  readonly corks: boolean
  start(options: ServerOptions): Promise<RunningServer>
}
