import type { EntitySchema } from '#avro/entity-schema.js'
import type { Clock } from '#clock.js'
import type { EntityDefinition } from '#entities.js'
import type { Log } from '#log.js'
import type { TokenVerifier } from './authenticate/token-verifier.js'
import type { CurrentPolicy } from './authorize/policy-in-force.js'
import type { VersionedRegistry } from '#registry/schema-registry.js'
import type { KnownUsers } from './control/known-user.js'
import type { Revocations } from './control/revocations.js'
import type { Meter } from './observe/meter.js'
import type { EventTracing } from './observe/tracing/event-tracing.js'
import type { PartitionSource } from './source/partition-source.js'
import type { WindowLimits } from './table/window.js'

/** All that a gateway touches outside itself is handed in, so that a simulation can run the whole of it from one seed. */
export interface GatewayOptions {
  readonly entities: readonly EntityDefinition[]
  /** Whether types are streamed that are found in the registry, too. */
  readonly discover?: boolean
  readonly source: PartitionSource
  readonly registry: VersionedRegistry
  readonly policy: CurrentPolicy
  /** What is known of users besides their tokens; nothing unless told. */
  readonly users?: KnownUsers
  /** Which good tokens count no more; none unless told. */
  readonly revocations?: Revocations
  /** What control topics say: read before clients are let in, and until the last has left. */
  readonly control?: ReadControl | undefined
  /** Verifies the tokens that clients of open connections bring. */
  readonly verifier: TokenVerifier
  /** The id of this node, by which clients tell it from others. */
  readonly node: string
  readonly longs: 'number' | 'string'
  readonly limits: GatewayLimits
  /** The limits of the tables; without it no type has one. */
  readonly state?: StateLimits | undefined
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
  /** Without it no event is traced. */
  readonly tracing?: EventTracing | undefined
  /** Called with each schema of a configured type when it is first known. */
  readonly schemaLearned?: (schema: EntitySchema) => void
}

export interface ReadControl {
  /** Resolves when clients may be let in by what was read. */
  start(): Promise<void>
  stop(): Promise<void>
  status(): { readonly ready: boolean; readonly reason?: string | undefined }
}

export interface GatewayLimits {
  readonly connectionsMax: number
  /** Of one user; as many as of all unless told. */
  readonly connectionsPerSubMax?: number
  /** Those included that were just closed; twice as many as connections unless told. */
  readonly socketsMax?: number
  /** Of one connection. */
  readonly subscriptionsMax: number
  /** Collections of one connection; one user may have ten times as many. */
  readonly collectionsMax: number
  /** Entities of a collection, as one audience sees it. */
  readonly collectionEntitiesMax: number
  /** Entities that are gone through for one user in a second. */
  readonly scanRowsPerSecondMax: number
  /** Of all connections together. */
  readonly subscriptionsTotalMax: number
  /** Of one frame that a client sends, in bytes, and of their number: of which clients are told. */
  readonly frameBytesMax: number
  readonly framesPerSecondMax: number
  /** Of one frame that is sent, in bytes. */
  readonly frameOutBytesMax: number
  /** What may wait for one connection, in bytes. */
  readonly mailboxBytesMax: number
  /** What may wait for all connections together, in bytes. */
  readonly mailboxesBytesMax: number
  /** A client that takes nothing for so long while something waits is closed; 0 is never. */
  readonly idleTimeoutSeconds?: number
  /** Connections that are written to in one tick; as many as the scheduler's own default unless told. */
  readonly actorsInTickMax?: number
  /** Of the texts of all schemas that are kept, beside those in use; as many as the store's own default unless told. */
  readonly schemaCharactersMax?: number
}

export interface StateLimits {
  /** What the tables may take, of all types together, in bytes. */
  readonly bytesMax: number
  /** How long the fill of a type may take, in seconds in which records come. */
  readonly fillSecondsMax: number
  /** How far back what was superseded is known, of all types together. */
  readonly window: WindowLimits
}

export const noState: StateLimits = { bytesMax: 0, fillSecondsMax: 0, window: { bytesMax: 0, secondsMax: 0 } }

export interface GatewayStatus {
  readonly ready: boolean
  /** One sentence for each part that is not ready, or not wholly. */
  readonly reasons: readonly string[]
}
