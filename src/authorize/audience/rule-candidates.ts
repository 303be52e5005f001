import type { ChangeEvent } from '../../decode/change-event.js'
import type { CandidateIndex } from '../../route/audience-groups.js'
import type { AppliedRule } from '../policy/rule.js'
import { AnchorIndex } from './anchor-index.js'
import type { Decision } from './decision.js'
import type { RuleAudience } from './rule-audience.js'

/** A rule whose condition claims decide, with an index for each way to find the audiences for which it may hold. */
interface OpenRule {
  readonly rule: number
  readonly indexes: readonly AnchorIndex<RuleAudience>[]
}

/**
 * Of the audiences of one rule set, those for which an event may meet a condition with claims in it. For all others each such
 * condition fails, and the conditions without claims are the same, so that they see the same.
 *
 * With 10,000 audiences of one entity with a rule about own rows, an event took 480 µs to judge one by one.
 */
export class RuleCandidates implements CandidateIndex<RuleAudience> {
  private readonly open: readonly OpenRule[]

  constructor(
    rules: readonly AppliedRule[],
    private readonly decisionFor: (schema: Decision['schema']) => Decision,
  ) {
    const conditions = rules.map(({ condition }) => JSON.stringify(condition))
    this.open = rules.flatMap(({ condition }, rule) => {
      const isFirst = conditions.indexOf(conditions[rule]!) === rule
      if (condition === undefined || !condition.isOpen || !isFirst) return []
      return [{ rule, indexes: condition.anchors.map((anchor) => new AnchorIndex<RuleAudience>(anchor)) }]
    })
  }

  add(audience: RuleAudience): void {
    for (const { rule, indexes } of this.open) for (const index of indexes) index.add(audience, audience.conditions[rule]!)
  }

  remove(audience: RuleAudience): void {
    for (const { rule, indexes } of this.open) for (const index of indexes) index.remove(audience, audience.conditions[rule]!)
  }

  candidatesOf({ data }: ChangeEvent): ReadonlySet<RuleAudience> | undefined {
    if (data === null) return undefined
    const decision = this.decisionFor(data.schema)
    const asked = this.open.filter(({ rule }) => decision.asks(rule))
    if (asked.some(({ indexes }) => indexes.length === 0)) return undefined
    const candidates = new Set<RuleAudience>()
    const values = decision.valuesOf(data)
    for (const { indexes } of asked) {
      for (const found of fewest(indexes.map((index) => index.usersFor(values)))) for (const one of found) candidates.add(one)
    }
    return candidates
  }
}

/** A condition that asks for the user's tenant and the user's own rows is found by the latter, whichever comes first. */
function fewest<U>(found: readonly (readonly ReadonlySet<U>[])[]): readonly ReadonlySet<U>[] {
  const size = (sets: readonly ReadonlySet<U>[]) => sets.reduce((sum, set) => sum + set.size, 0)
  return found.reduce((least, sets) => (size(sets) < size(least) ? sets : least))
}
