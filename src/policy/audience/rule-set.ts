import type { EntitySchema } from '#avro/entity-schema.js'
import type { AudienceGroup, CandidateIndex } from './grouping.js'
import { Decision } from './decision.js'
import { verdictsOf } from './leaf-verdict.js'
import type { BoundCondition } from '../rules/condition.js'
import { type AppliedRule, type Rule, undecided } from '../rules/rule.js'
import { RuleCandidates } from './rule-candidates.js'
import type { Showing } from '../rights.js'
import type { SchemaTables } from './schema-tables.js'

/** A rule with one user's claims filled in. */
export interface BoundRule extends AppliedRule {
  /** The rule of the policy. */
  readonly origin: Rule
  readonly bound: BoundCondition | undefined
}

/**
 * The rules of one entity type that apply to a user, in the policy's order. Users whose rules differ only by claims of the same kinds share
 * them.
 */
export class RuleSet implements AudienceGroup {
  private readonly decisions = new WeakMap<EntitySchema, Decision>()
  private latest: Decision | undefined

  constructor(
    readonly entityType: string,
    /** Bound to the claims of one of these users, who stands for all, as the kinds of their claims are the same. */
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

  /**
   * The rule as it applies to the schema. Where the schema leaves its condition undecided, a rule that shows names nothing, and one that
   * hides applies without its condition.
   */
  private decidable(rule: BoundRule, schema: EntitySchema): AppliedRule {
    const doubts = rule.bound?.doubtsIn(schema) ?? []
    if (doubts.length === 0) return rule
    this.tables.watch.bySchema(rule.origin, schema, doubts)
    return undecided(rule)
  }

  /** @param conditions one for each rule, with the claims of one audience. */
  showingsUnder(conditions: readonly (BoundCondition | undefined)[]): Showing[] {
    const keys = this.rules.map(({ shows, condition }) => JSON.stringify([shows, condition]))
    return this.rules.flatMap(({ shows, condition }, rule) => {
      // Of rules with equal conditions verdicts name the first one.
      if (!shows || keys.indexOf(keys[rule]!) < rule) return []
      const asked = condition && rule
      const alwaysShows = (schema: EntitySchema, leaf: number) => this.decisionFor(schema).alwaysShows(leaf, asked)
      return [{ condition: conditions[rule], isOpen: condition?.isOpen === true, alwaysShows }]
    })
  }

  newIndex(): CandidateIndex {
    return new RuleCandidates(this.rules, (schema) => this.decisionFor(schema))
  }
}
