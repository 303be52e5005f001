import type { BadRecordReason } from '#errors.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { BuildInfo } from './build-info.js'
import type { CallCounts } from './call-counts.js'
import { LatencyHistogram } from './latency-histogram.js'
import { TypeMeters } from './type-meters.js'

export const skipReasons = ['unreadable_batch', 'damaged_batch', 'retention'] as const
export type SkipReason = (typeof skipReasons)[number]

/** What was being done for one user when a fault was met. */
export const judgingFaults = ['rights', 'index', 'mask', 'frame'] as const
export type JudgingFault = (typeof judgingFaults)[number]

/** What became of a subscription that was to go on from a cursor. */
export const resumeOutcomes = ['resumed', 'expired', 'none', 'too_much', 'no_state'] as const
export type ResumeOutcome = (typeof resumeOutcomes)[number]

/** `control`: Kafka as control topics are read from it. */
export type DependencyName = 'kafka' | 'control' | 'registry' | 'keys'

/** What the process holds of the latest versions of entities, and of those before them. */
export interface HeldVersions {
  readonly byType: ReadonlyMap<string, { readonly count: number; readonly bytes: number; readonly indexes: { readonly bytes: number } }>
  readonly window: { readonly bytes: number; readonly ageSeconds: number }
}

/** A topic that says who may see what, as this node has read it. */
export interface ControlTopicState {
  readonly name: string
  /** The offset behind the last record that was read; undefined until all was read that was there at the start. */
  readonly offset: number | undefined
  /** How long ago that record was written, in milliseconds; undefined before the first one. */
  readonly ageMs: number | undefined
  /** Of what is in force. */
  readonly hash: string
}

/** What keeps the one thread of the process busy. */
export interface EventLoopState {
  /** The share of the last seconds in which it was not waiting, from 0 to 1. */
  readonly utilization: () => number
  /** The longest that it was kept from its timers in the last minute. */
  readonly longestMs: () => number
}

/** A server that the process depends on. It is asked for its state when the metrics are read. */
export interface Dependency {
  readonly isUp: () => boolean
  /** The time since it last answered, in milliseconds; undefined where it never did. */
  readonly ageMs: () => number | undefined
  /** Where each request is counted; of Kafka, which is asked again and again, fetches are. */
  readonly calls?: CallCounts
}

/** What lies between Kafka and the pipeline. */
export interface SourceState {
  readonly partitions: number
  /** Those that are not fetched, as their buffers are full. */
  readonly paused: number
  readonly bufferBytes: number
  readonly bufferBytesMax: number
  readonly brokersLost: number
}

/** What the connections of a node come to, for which all are gone through. */
export interface ClientFigures {
  readonly slow: number
  readonly fullestBytes: number
  /** Those whose tokens end within a minute. */
  readonly expiring: number
}

/** Why tokens are refused; `authenticate/token-fault.ts` says what each means. */
export const refusalReasons = [
  ...(['malformed', 'algorithm', 'key_unknown', 'key_ambiguous', 'signature', 'issuer', 'audience', 'subject', 'no_expiry'] as const),
  ...(['claims', 'expired', 'not_active', 'keys_unavailable', 'key_unusable'] as const),
] as const
export type RefusalReason = (typeof refusalReasons)[number]

const noSource: SourceState = { partitions: 0, paused: 0, bufferBytes: 0, bufferBytesMax: 0, brokersLost: 0 }

/**
 * Counts since the start. They are plain numbers, as they are counted for every batch, event and write. The metrics page reads them when it
 * is asked for.
 */
export class Meter {
  connections = 0
  /** The most that there may be. */
  connectionsMax = 0
  connectionsAccepted = 0
  /** By the name of the close code in `protocol/codes.ts`, or `client` where the client left. */
  readonly connectionsClosed = new Map<string, number>()
  /** By the code in `protocol/codes.ts`. */
  readonly upgradesRefused = new Map<string, number>()
  /** By the reason, of upgrades and of `authenticate`. */
  readonly tokensRefused = new Map<RefusalReason, number>()
  /** Open sockets that have not become a WebSocket yet. */
  socketsWaiting = 0
  /** Upgrades whose token is being verified. */
  upgradesPending = 0
  /** For each upgrade whose token was read, the time until it was accepted or refused. */
  readonly upgradeLatency = new LatencyHistogram()
  readonly protocolErrors = new Map<ProtocolErrorCode, number>()
  /** Sockets that were closed at once, as too many were waiting. */
  socketsRefused = 0
  subscriptions = 0
  collections = 0
  /** Entities that were gone through for snapshots of collections. */
  collectionRowsScanned = 0
  /** How often entities were looked for that a collection may show: by an index, or in all of a table. */
  readonly collectionScans = new Map<'index' | 'all', number>()
  records = 0
  recordBytes = 0
  /** What becomes of events, by entity type. */
  readonly types = new TypeMeters()
  /** Change events that at least one connection had subscribed to. */
  eventsRouted = 0
  eventsStale = 0
  /** Undefined before there is one. */
  policyInForce: { readonly hash: string; readonly sinceMs: number } | undefined
  /** Whether the policy in force is that of its file or topic. */
  policyFileInForce = true
  /** Conditions that could not be decided by a user's claims or by a routed event. */
  readonly conditionsUndecided = new Map<'claims' | 'event', number>()
  readonly policyReloads = new Map<'applied' | 'refused' | 'unchanged', number>()
  /** Records that are not their topic's entity, which were dropped. */
  recordsForeign = 0
  /** Offsets that were never read: their batch could not be read, or retention dropped them before their turn. */
  readonly offsetsSkipped = new Map<SkipReason, number>()
  /** Offsets that were read, and that an unclean election cut off their log. */
  offsetsCut = 0
  /** Undefined until a gateway is made. */
  versions: HeldVersions | undefined
  /** What control topics there are, and how far this node has read them. */
  control: readonly ControlTopicState[] = []
  /** By entity type with a table: how many of the records were read that fill it, and how many those are. */
  fills: ReadonlyMap<string, { readonly progress: { readonly read: number; readonly of: number } }> = new Map()
  /** Tables that were given up, as they met a limit. */
  tablesGivenUp = 0
  /** Entities that were sent as they are to somebody who subscribed. */
  snapshots = 0
  readonly resumes = new Map<ResumeOutcome, number>()
  /** Updates whose operation is not that of their event, by the operation. */
  readonly transitions = new Map<'create' | 'delete', number>()
  /** How often a table was filled again, as a log of its type did not go on. */
  tablesRefilled = 0
  /** Lines of the log that could not be written. */
  logLinesLost: () => number = () => 0
  readonly badRecords = new Map<BadRecordReason, number>()
  /** Faults in this process that concerned single users. */
  readonly judgingFaults = new Map<JudgingFault, number>()
  /** Updates that were left out for a client, as it could not be written to or wanted no more of them. */
  updatesConflated = 0
  /** Messages that said how many updates were left out. */
  gaps = 0
  /** Frames that waited, and are not sent as they were made by other rights than those of now. */
  framesWithdrawn = 0
  framesEncoded = 0
  framesSent = 0
  bytesSent = 0
  writes = 0
  /** Bytes that wait in all mailboxes now. A frame that waits in several of them counts once. */
  mailboxBytes = 0
  /** Bytes that wait in the sockets of all connections, as of when each was last asked. Each socket has copies of its own. */
  socketBytes = 0
  /** By entity type: the number of fields of its newest schema that no rule of the policy names. */
  readonly fieldsWithoutRule = new Map<string, number>()
  /** Of the policy in force. */
  sharing: () => { readonly audiences: number; readonly masks: number } = () => ({ audiences: 0, masks: 0 })
  source: () => SourceState = () => noSource
  /** For each answer to a fetch, the time that the broker took, which waits for a first record. */
  readonly fetchLatency = new LatencyHistogram()
  fetchedBytes = 0
  /** How long brokers asked to be left alone, by their quotas. */
  throttledMs = 0
  clients: ClientFigures = { slow: 0, fullestBytes: 0, expiring: 0 }
  /** Goes through the connections for them. */
  countClients: () => Promise<void> = () => Promise.resolve()
  isDraining: () => boolean = () => false
  build: BuildInfo = { version: 'unknown', node: process.version, server: 'unknown' }
  readonly dependencies = new Map<DependencyName, Dependency>()
  /** Whether `/readyz` answers that the process is ready. */
  isReady = (): boolean => false
  eventLoop: EventLoopState = { utilization: () => 0, longestMs: () => 0 }
  /** How many keys may verify a token. */
  keyCount = (): number => 1
  /** The end of the certificate that clients are shown, in milliseconds since the epoch; undefined without one. */
  certificateExpiresAtMs: number | undefined
  /** By topic and partition: the number of records between the position and the end of the log. */
  readonly lag = new Map<string, () => number>()
  /** For each batch, the time from the Kafka timestamp of its oldest record until it was decoded. */
  readonly readLatency = new LatencyHistogram()
  /** For each change of the policy, the time until the last page was compared that reads fast enough. */
  readonly rightsChangeLatency = new LatencyHistogram()
  /** For each policy on a topic, the time from its record until the last page was compared that reads fast enough. */
  readonly policyChangeLatency = new LatencyHistogram()
  /** For each connection that a revocation has ended, the time from the record that says so. */
  readonly revocationLatency = new LatencyHistogram()
  /** For each page of a user whose claims changed, the time from the record that says so until the page was compared. */
  readonly claimsChangeLatency = new LatencyHistogram()

  /** For each write, the time from the Kafka timestamp of its oldest record until the write. */
  get deliveryLatency(): LatencyHistogram {
    return LatencyHistogram.sumOf(Array.from(this.types.all().values(), ({ deliveryLatency }) => deliveryLatency))
  }

  get recordsNotStreamable(): number {
    let sum = 0
    for (const { notStreamable } of this.types.all().values()) sum += notStreamable
    return sum
  }

  static count<K>(counts: Map<K, number>, key: K, more = 1): void {
    counts.set(key, (counts.get(key) ?? 0) + more)
  }
}
