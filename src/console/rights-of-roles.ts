import type { EntitySchema } from '#avro/entity-schema.js'
import { policyHash } from '#policy/control/policy-record.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import type { Rule } from '#policy/rules/rule.js'
import { groupedBy } from '#grouped-by.js'
import { JsonLines } from '#text/json-lines.js'
import { conditionText } from '#tools/policy/condition-text.js'
import { roleViewOf, type LeafView } from '#tools/policy/role-view.js'
import type { LeafRightsAnswer, RightsAnswer, RuleAnswer } from './answers.js'

/** Says by the rules alone what users with some roles may see of a type. It is made for one text of the policy. */
export class RightsOfRoles {
  readonly hash: string
  readonly rulesByRole: ReadonlyMap<string, readonly Rule[]>
  private readonly lines: JsonLines

  /** @throws ConfigurationError where it is no policy. */
  constructor(readonly text: string) {
    this.hash = policyHash(text)
    this.rulesByRole = parsePolicyFile(text)
    this.lines = new JsonLines(text)
  }

  of(roles: readonly string[], schema: EntitySchema): RightsAnswer {
    const rules = [...this.rulesByRole].flatMap(([role, its]) => (roles.includes(role) ? its : []))
    const { leaves } = roleViewOf(roles.join(', '), rules, schema)
    const rulesByLeaf = leafRules(rules, schema)
    return {
      roles,
      entity_type: schema.entityType,
      leaves: leaves.map((view, leaf) => this.leafRights(view, rulesByLeaf.get(leaf) ?? [])),
    }
  }

  private leafRights({ path, shown }: LeafView, rules: readonly Rule[]): LeafRightsAnswer {
    const isSometimes = typeof shown !== 'string'
    return {
      path,
      shown: isSometimes ? 'sometimes' : shown,
      when: isSometimes ? shown.when : undefined,
      rules: rules.map((rule) => this.ruleAnswer(rule)),
    }
  }

  private ruleAnswer({ place, shows, condition }: Rule): RuleAnswer {
    const line = this.lines.of([...place.steps])
    return { rule: place.toString(), line, shows, when: condition && conditionText(condition), asks: condition?.paths ?? [] }
  }
}

/** The rules that name a leaf, in their order. A type may have thousands of leaves: each pattern is read once. */
function leafRules(rules: readonly Rule[], schema: EntitySchema): ReadonlyMap<number, readonly Rule[]> {
  const its = rules.filter(({ entityTypes }) => entityTypes.has(schema.entityType))
  const named = its.flatMap((rule) => {
    const leaves = new Set(rule.patterns.flatMap((pattern) => pattern.leavesOf(schema)))
    return [...leaves].map((leaf) => ({ leaf, rule }))
  })
  const groups = groupedBy(named, ({ leaf }) => leaf)
  return new Map([...groups].map(([leaf, all]) => [leaf, all.map(({ rule }) => rule)]))
}
