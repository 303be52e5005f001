import type { Collection } from '#policy/collection/collection.js'
import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { CollectionReceiver } from '../authorize/authorize.js'
import type { RightsPass } from './rights-pass.js'
import type { SnapshotScan } from './snapshot-scan.js'

/** What is done for a member step by step: at most one thing at a time. */
export type MemberWork = SnapshotScan | RightsPass

/** A subscription to a collection, for which the table is read. None of its methods throws. */
export interface CollectionMember extends CollectionReceiver {
  readonly collection: Collection
  /** By the rights of now; undefined where they show nothing of the collection. */
  readonly audience: CollectionAudience | undefined
  /** By the rights by which the client's page stands. */
  pageAudience: CollectionAudience | undefined
  work: MemberWork | undefined
  /** Whether nothing more is to be written to the client now. */
  readonly isBlocked: boolean
  /** Tells that a snapshot begins for which nobody asked. */
  snapshotStarted(): void
  /** Tells that the client has all of the snapshot. @param count the number of entities that were sent. */
  snapshotComplete(count: number): void
  /** Tells why nothing is shown of the collection any more. */
  tellLost(): void
  /** Ends the client's connection, as it cannot be told what it should be. */
  fail(error: unknown): void
  /** Ends the subscription. */
  end(code: ProtocolErrorCode): void
}
