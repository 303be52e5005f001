import type { EntitySchema } from '../../decode/entity-schema.js'
import type { AudienceGroup, CandidateIndex } from '../../route/audience-groups.js'
import { Decision } from './decision.js'
import { verdictsOf } from './leaf-verdict.js'
import type { AppliedRule } from '../policy/rule.js'
import type { RuleAudience } from './rule-audience.js'
import { RuleCandidates } from './rule-candidates.js'
import type { SchemaTables } from './schema-tables.js'

/** The rules of one entity type that apply to a user, in the policy's order; shared by all users whose rules differ by claims alone. */
export class RuleSet implements AudienceGroup<RuleAudience> {
  private readonly decisions = new WeakMap<EntitySchema, Decision>()
  private latest: Decision | undefined

  constructor(
    readonly entityType: string,
    private readonly rules: readonly AppliedRule[],
    private readonly tables: SchemaTables,
  ) {}

  /** Compiled once a schema. Nearly all events of a type have the same schema as the one before. */
  decisionFor(schema: EntitySchema): Decision {
    if (this.latest?.schema === schema) return this.latest
    let decision = this.decisions.get(schema)
    if (decision === undefined) {
      decision = new Decision(schema, this.rules, verdictsOf(this.entityType, this.rules, schema), this.tables)
      this.decisions.set(schema, decision)
    }
    return (this.latest = decision)
  }

  newIndex(): CandidateIndex<RuleAudience> {
    return new RuleCandidates(this.rules, (schema) => this.decisionFor(schema))
  }
}
