import type { EntitySchema } from '#avro/entity-schema.js'
import type { Doubt } from './rules/doubt.js'
import type { Rule } from './rules/rule.js'

/** Is told of conditions that cannot be decided. A rule with such a condition shows nothing, or hides all that it names. */
export interface UndecidedWatch {
  /** No event of the schema can decide the rule's condition, for some users or for all. */
  bySchema(rule: Rule, schema: EntitySchema, doubts: readonly Doubt[]): void
  /** A user's token lacks a claim of the rule's condition. */
  byClaims(rule: Rule): void
  /** An event has an unknown value, or too many, at a path that conditions ask for. */
  byEvent(schema: EntitySchema): void
}

export const nobodyWatches: UndecidedWatch = {
  bySchema: () => undefined,
  byClaims: () => undefined,
  byEvent: () => undefined,
}
