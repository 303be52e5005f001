import type { EntityVersion } from '#avro/entity-data.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import type { BoundCondition } from '../rules/condition.js'
import type { Audience, Mask, Showing } from '../rights.js'
import type { RuleSet } from './rule-set.js'

/** An audience made of a shared set of rules and the conditions with its own claims filled in. */
export class RuleAudience implements Audience {
  constructor(
    readonly key: string,
    /** The set of rules: audiences that share it differ by their claims alone. */
    readonly group: RuleSet,
    /** One for each rule of the set. */
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

  leavesPerhapsShown(schema: EntitySchema): LeafSet {
    return this.group.decisionFor(schema).leavesPerhapsShown()
  }

  get showings(): readonly Showing[] {
    return this.group.showingsUnder(this.conditions)
  }

  maskOf({ data }: EntityVersion): Mask | undefined {
    return data === null ? undefined : this.group.decisionFor(data.schema).decide(data, this.conditions)
  }
}
