import type { EntityVersion } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { BoundCondition } from '../rules/condition.js'
import type { Audience, Mask } from '../rights.js'
import type { RuleSet } from './rule-set.js'

/** An audience is a set of rules, shared with others, and the conditions with its own claims filled in. */
export class RuleAudience implements Audience {
  constructor(
    readonly key: string,
    /** The set, as those who share it can be told apart by their claims alone. */
    readonly group: RuleSet,
    /** Of each rule of the set. */
    readonly conditions: readonly (BoundCondition | undefined)[],
  ) {}

  get entityType(): string {
    return this.group.entityType
  }

  canReadSomeOf(schema: EntitySchema): boolean {
    return this.group.decisionFor(schema).canShowSome()
  }

  canAlwaysReadSomeOf(schema: EntitySchema): boolean {
    return this.group.decisionFor(schema).alwaysShowsSome()
  }

  maskOf({ data }: EntityVersion): Mask | undefined {
    return data === null ? undefined : this.group.decisionFor(data.schema).maskOf(data, this.conditions)
  }
}
