import type { EntitySchema } from '#avro/entity-schema.js'
import type { Doubt } from './rules/doubt.js'
import type { Rule } from './rules/rule.js'

/** Hears of conditions that cannot be decided, and so show nothing and hide what their rules name. */
export interface UndecidedWatch {
  /** No event of the schema can decide the rule's condition, for some users or for all. */
  bySchema(rule: Rule, schema: EntitySchema, doubts: readonly Doubt[]): void
  /** A user's token lacks a claim of the rule's condition. */
  byClaims(rule: Rule): void
  /** An event holds what is not known, or too much, where conditions ask for it. */
  byEvent(schema: EntitySchema): void
}

export const nobodyWatches: UndecidedWatch = {
  bySchema: () => undefined,
  byClaims: () => undefined,
  byEvent: () => undefined,
}
