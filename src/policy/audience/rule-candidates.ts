import type { EntityVersion } from '#avro/entity-data.js'
import type { CandidateIndex } from './grouping.js'
import type { AppliedRule } from '../rules/rule.js'
import { AnchorIndex } from './anchor-index.js'
import type { Decision } from './decision.js'
import type { RuleAudience } from './rule-audience.js'

/** A rule whose condition has claims in it, with an index for each way to find the audiences for which it may hold. */
interface OpenRule {
  readonly rule: number
  readonly indexes: readonly AnchorIndex<RuleAudience>[]
}

/**
 * Finds, among the audiences of one rule set, those for which an event may meet a condition with claims in it. For all others each such
 * condition fails, or is undecided as for everybody. The conditions without claims are the same for all, so that the others see the same.
 *
 * With 10,000 audiences of one entity whose rule is about own rows, judging each took 430 µs an event (7 µs with 100). Finding the one
 * audience concerned takes 4 µs with 10,000 as with 100. Each audience takes some 250 bytes here.
 */
export class RuleCandidates implements CandidateIndex {
  private readonly open: readonly OpenRule[]
  private size = 0

  constructor(
    rules: readonly AppliedRule[],
    private readonly decisionFor: (schema: Decision['schema']) => Decision,
  ) {
    this.open = rules.flatMap(({ condition }, rule) => {
      if (condition === undefined || !condition.isOpen) return []
      return [{ rule, indexes: condition.anchors.map((anchor) => new AnchorIndex<RuleAudience>(anchor)) }]
    })
  }

  add(audience: RuleAudience): void {
    const added: [index: AnchorIndex<RuleAudience>, rule: number][] = []
    try {
      for (const { rule, indexes } of this.open) {
        for (const index of indexes) {
          index.add(audience, audience.conditions[rule]!)
          added.push([index, rule])
        }
      }
    } catch (error) {
      for (const [index, rule] of added) index.remove(audience, audience.conditions[rule]!)
      throw error
    }
    this.size++
  }

  remove(audience: RuleAudience): void {
    for (const { rule, indexes } of this.open) for (const index of indexes) index.remove(audience, audience.conditions[rule]!)
    this.size--
  }

  candidatesOf({ data }: EntityVersion): ReadonlySet<RuleAudience> | undefined {
    if (data === null) return undefined
    const decision = this.decisionFor(data.schema)
    const values = decision.valuesOf(data)
    const asked = this.open.filter(({ rule }) => decision.askedFor(values).includes(rule))
    if (asked.some(({ indexes }) => indexes.length === 0)) return undefined
    const found = asked.flatMap(({ indexes }) => fewest(indexes.map((index) => index.usersFor(values.judged))))
    // For example where one rule asks only for the tenant and all audiences are of the event's tenant. Gathering them would take as long as
    // judging them.
    if (sizeOf(found) * 2 > this.size) return undefined
    return new Set(found.flatMap((some) => [...some]))
  }
}

/** A condition on the user's tenant and the user's own rows is looked up by the own rows, whichever comes first. */
function fewest<U>(found: readonly (readonly ReadonlySet<U>[])[]): readonly ReadonlySet<U>[] {
  return found.reduce((least, sets) => (sizeOf(sets) < sizeOf(least) ? sets : least))
}

function sizeOf(sets: readonly ReadonlySet<unknown>[]): number {
  return sets.reduce((sum, { size }) => sum + size, 0)
}
