import type { EntityVersion } from '#avro/entity-data.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import type { JsonOutput } from '#text/json-output.js'
import type { AudienceGroup } from './audience/grouping.js'

/** The claims of a verified token. Whoever wrote them is trusted to say who the user is, not to write operators. */
export type Claims = Readonly<Record<string, unknown>>

/** The policy as it stands. Users whose compiled rules are equal get the same rights, and the same audiences. */
export interface Policy {
  /** Roles that the policy does not know give nothing. */
  rightsOf(roles: readonly string[], claims: Claims): Rights
}

export interface Rights {
  /** The same object for all users whose rules for this type are equal; undefined where no rule allows anything. */
  audienceOf(entityType: string): Audience | undefined
}

/** All subscribers whose rules for one entity type are equal: what one of them may see, all of them may see. */
export interface Audience {
  readonly entityType: string
  /** Whom it can be told apart from without judging each of them. Undefined: it is always judged by itself. */
  readonly group: AudienceGroup | undefined
  /** Equal for equal rules, also of two policies. */
  readonly key: string
  /** Whether some leaf can be visible for some data: what a subscription needs. */
  canReadSomeOf(schema: EntitySchema): boolean
  /** Whether some leaf is visible whatever the data: who hears of a delete that brings none. */
  canAlwaysReadSomeOf(schema: EntitySchema): boolean
  /** The leaves that a version of an entity shows to this audience; undefined where it shows none. @throws BadRecordError */
  maskOf(version: EntityVersion): Mask | undefined
}

/** A set of visible leaves; one object for each schema and set, so that whoever shares it shares the frame. */
export interface Mask {
  readonly schema: EntitySchema
  readonly leaves: LeafSet
  /** Writes the visible part as a JSON object. @throws BadRecordError */
  project(bytes: Buffer, start: number, output: JsonOutput): void
}
