import type { BadRecordReason } from '#errors.js'
import { LatencyHistogram } from './latency-histogram.js'

export const skipReasons = ['unreadable_batch', 'damaged_batch', 'retention'] as const
export type SkipReason = (typeof skipReasons)[number]

/** What was being done for one user when a fault of ours was met. */
export const judgingFaults = ['rights', 'index', 'mask', 'frame'] as const
export type JudgingFault = (typeof judgingFaults)[number]

export type DependencyName = 'kafka' | 'registry' | 'keys'

/** What the process needs from outside, and whether it has it: asked when somebody looks. */
export interface Dependency {
  readonly isUp: () => boolean
  /** Since it was last seen to be well, in milliseconds; undefined where it never was. */
  readonly ageMs: () => number | undefined
}

/**
 * Counts of what has happened since the start. Plain numbers, as they are counted once a batch, an event or a write:
 * the metrics page reads them when it is asked.
 */
export class Meter {
  connections = 0
  connectionsAccepted = 0
  /** By the name of the close code in `errors.ts`, or `client` where the client left. */
  readonly connectionsClosed = new Map<string, number>()
  /** By the code in `errors.ts`. */
  readonly upgradesRefused = new Map<string, number>()
  /** Sockets that have not said yet whose they are. */
  socketsWaiting = 0
  /** Hung up on at once, as too many were waiting. */
  socketsRefused = 0
  subscriptions = 0
  records = 0
  recordBytes = 0
  /** Change events that at least one connection had subscribed to. */
  eventsRouted = 0
  eventsStale = 0
  /** Whether what the policy's file says is what counts. */
  policyFileInForce = true
  /** Conditions that a user's claims, or a routed event, left undecided. */
  readonly conditionsUndecided = new Map<'claims' | 'event', number>()
  readonly policyReloads = new Map<'applied' | 'refused' | 'unchanged', number>()
  /** Of entities whose schema is not streamable: read and let go. */
  recordsNotStreamable = 0
  /** Of another record type than the topic's entity is. */
  recordsForeign = 0
  /** Offsets of a partition that were never read: their batch is damaged, or they were gone before their turn. */
  readonly offsetsSkipped = new Map<SkipReason, number>()
  /** Lines of the log that could not be written. */
  logLinesLost: () => number = () => 0
  readonly badRecords = new Map<BadRecordReason, number>()
  /** Faults of ours that concerned single users. */
  readonly judgingFaults = new Map<JudgingFault, number>()
  framesEncoded = 0
  framesSent = 0
  bytesSent = 0
  writes = 0
  /** Bytes that wait in all mailboxes now, those of a frame that waits in several of them once. */
  mailboxBytes = 0
  /** Bytes that wait in the sockets of all connections, where each has a copy of its own, as of when each was last asked. */
  socketBytes = 0
  /** By entity type: fields of its newest schema that no rule of the policy names. */
  readonly fieldsWithoutRule = new Map<string, number>()
  readonly dependencies = new Map<DependencyName, Dependency>()
  /** Whether `/readyz` says so. */
  isReady = (): boolean => false
  /** How many keys may verify a token. */
  keyCount = (): number => 1
  /** When the certificate ends that clients are shown, in milliseconds since the epoch; undefined without one. */
  certificateExpiresAtMs: number | undefined
  /** By topic and partition: says the records between the position and the end of the log. */
  readonly lag = new Map<string, () => number>()
  /** For each batch: from the Kafka timestamp of its oldest record until it was taken up, its schemas known. */
  readonly readLatency = new LatencyHistogram()
  /** For each write: from the Kafka timestamp of the oldest record in it. */
  readonly deliveryLatency = new LatencyHistogram()

  static count<K>(counts: Map<K, number>, key: K, more = 1): void {
    counts.set(key, (counts.get(key) ?? 0) + more)
  }
}
