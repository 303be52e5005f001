import type { EntityVersion } from '#avro/entity-data.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import type { JsonOutput } from '#text/json-output.js'
import type { AudienceGroup } from './audience/grouping.js'
import type { UserClaims } from './claim-path.js'
import type { BoundCondition } from './rules/condition.js'

/** The claims of a verified token. Their issuer is trusted to say who the user is, but not to write operators. */
export type Claims = Readonly<Record<string, unknown>>

/** A policy. Users whose compiled rules are equal get the same rights and the same audiences. */
export interface Policy {
  /** A role that the policy does not know gives no rights. */
  rightsOf(roles: readonly string[], claims: UserClaims): Rights
}

export interface Rights {
  /** The same object for all users whose rules for this type are equal; undefined where no rule shows anything. */
  audienceOf(entityType: string): Audience | undefined
}

/** All subscribers whose rules for one entity type are equal: all of them may see the same. */
export interface Audience {
  readonly entityType: string
  /** The audiences from which this one can be told apart without judging each. Without a group an audience is always judged by itself. */
  readonly group: AudienceGroup | undefined
  /** Equal for equal rules, also across policies. */
  readonly key: string
  /** Whether some leaf can be visible for some data: what a subscription needs. */
  canReadSomeOf(schema: EntitySchema): boolean
  /** Whether some leaf is visible whatever the data. Then the audience is told of a delete that brings no data. */
  canAlwaysReadSomeOf(schema: EntitySchema): boolean
  /** The leaves that can be visible for some data. */
  leavesPerhapsShown(schema: EntitySchema): LeafSet
  /** What shows something of versions: one that meets none of these shows nothing. */
  readonly showings: readonly Showing[]
  /** The leaves that a version of an entity shows to this audience; undefined where it shows none. @throws BadRecordError */
  maskOf(version: EntityVersion): Mask | undefined
}

/** A rule that shows something of the versions that meet its condition. */
export interface Showing {
  /** Undefined where all versions meet it. */
  readonly condition: BoundCondition | undefined
  /** Whether claims are filled into the condition. */
  readonly isOpen: boolean
  /** Whether the leaf is shown of every version of this schema that meets the condition, whatever other rules say. */
  alwaysShows(schema: EntitySchema, leaf: number): boolean
}

/** A set of visible leaves. There is one object for each schema and set, so that audiences that share it share the frame. */
export interface Mask {
  readonly schema: EntitySchema
  readonly leaves: LeafSet
  /** Writes the visible part as a JSON object. @throws BadRecordError */
  project(bytes: Buffer, start: number, output: JsonOutput): void
}
