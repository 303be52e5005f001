import type { EntitySchema } from '#avro/entity-schema.js'
import type { AudienceGroup, CandidateIndex } from './grouping.js'
import { Decision } from './decision.js'
import { verdictsOf } from './leaf-verdict.js'
import type { BoundCondition } from '../rules/condition.js'
import { type AppliedRule, type Rule, undecided } from '../rules/rule.js'
import { RuleCandidates } from './rule-candidates.js'
import type { SchemaTables } from './schema-tables.js'

/** A rule as it applies to one user: its claims are filled in. */
export interface BoundRule extends AppliedRule {
  /** As it stands in the policy. */
  readonly origin: Rule
  readonly bound: BoundCondition | undefined
}

/** The rules of one entity type that apply to a user, in the policy's order; shared by all users whose rules differ by claims of the same kinds alone. */
export class RuleSet implements AudienceGroup {
  private readonly decisions = new WeakMap<EntitySchema, Decision>()
  private latest: Decision | undefined

  constructor(
    readonly entityType: string,
    /** With the claims of one of them, who stands for all by their kinds. */
    private readonly rules: readonly BoundRule[],
    private readonly tables: SchemaTables,
  ) {}

  /** Compiled once a schema. Nearly all events of a type have the same schema as the one before. */
  decisionFor(schema: EntitySchema): Decision {
    if (this.latest?.schema === schema) return this.latest
    let decision = this.decisions.get(schema)
    if (decision === undefined) {
      const rules = this.rules.map((rule) => this.decidable(rule, schema))
      decision = new Decision(schema, rules, verdictsOf(this.entityType, rules, schema), this.tables)
      this.decisions.set(schema, decision)
    }
    return (this.latest = decision)
  }

  /** Where its condition is undecided by the schema, a rule that shows names nothing, and one that hides applies without its condition. */
  private decidable(rule: BoundRule, schema: EntitySchema): AppliedRule {
    const doubts = rule.bound?.doubtsIn(schema) ?? []
    if (doubts.length === 0) return rule
    this.tables.watch.bySchema(rule.origin, schema, doubts)
    return undecided(rule)
  }

  newIndex(): CandidateIndex {
    return new RuleCandidates(this.rules, (schema) => this.decisionFor(schema))
  }
}
