import { Ability, type RawRuleOf } from '@casl/ability'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { Condition } from '../rules/condition.js'
import type { AppliedRule } from '../rules/rule.js'

/** The decision about one leaf: that of the first of `steps` whose condition holds, or else `otherwise`. */
export interface LeafVerdict {
  /**
   * Steps that change nothing are left out. A condition occurs once, except that a step that hides may follow one that shows. The last step
   * decides against `otherwise`.
   */
  readonly steps: readonly VerdictStep[]
  readonly otherwise: boolean
}

export interface VerdictStep {
  /** The index of the rule with the condition. Of rules with equal conditions that all show, or all hide, it is the first. */
  readonly rule: number
  readonly shows: boolean
}

export interface Sameness {
  /** The same key for conditions that always come out the same. */
  readonly keyOf: (condition: Condition, rule: number) => string
  /** Whether some event leaves the condition undecided. */
  readonly mayBeUndecided: (condition: Condition) => boolean
}

/**
 * For each leaf of the schema, in the schema's order, what CASL's rules say of it: a later rule wins, and without a rule nothing is shown.
 * @param sameness tells which conditions come out the same for every event; by default, as for one user, those that are written the same.
 * Where an event leaves them undecided, a rule that hides applies and one that shows does not.
 */
export function verdictsOf(
  entityType: string,
  rules: readonly AppliedRule[],
  schema: EntitySchema,
  { keyOf, mayBeUndecided }: Sameness = { keyOf: (condition) => JSON.stringify(condition), mayBeUndecided: () => true },
): LeafVerdict[] {
  const conditions = rules.map(
    ({ condition }, rule) => condition && { key: keyOf(condition, rule), mayBeUndecided: mayBeUndecided(condition) },
  )
  const ruleNumbers = expand(entityType, rules, schema)
  const ability = new Ability([...ruleNumbers.keys()], { fieldMatcher })
  return schema.leaves.map((leaf) => {
    const inOrder = ability.rulesFor('read', entityType, leaf)
    return verdictOf(
      inOrder.map(({ origin }) => ruleNumbers.get(origin)!),
      rules,
      conditions,
    )
  })
}

/** The rules in CASL's form, with every leaf written out. Rules that name no leaf are left out, as CASL would take them to name all. */
function expand(entityType: string, rules: readonly AppliedRule[], schema: EntitySchema): Map<CaslRule, number> {
  const numbers = new Map<CaslRule, number>()
  for (const [number, { shows, patterns }] of rules.entries()) {
    const leaves = new Set(patterns.flatMap((pattern) => pattern.leavesOf(schema)))
    const fields = [...leaves].map((leaf) => schema.leaves[leaf]!)
    if (fields.length > 0) numbers.set({ action: 'read', subject: entityType, fields, inverted: !shows }, number)
  }
  return numbers
}

type CaslRule = RawRuleOf<Ability>

function fieldMatcher(fields: readonly string[]): (field: string) => boolean {
  const named = new Set(fields)
  return (field) => named.has(field)
}

interface ConditionKey {
  readonly key: string
  readonly mayBeUndecided: boolean
}

/** @param inOrder the indexes of the rules that name the leaf, the winning one first. */
function verdictOf(
  inOrder: readonly number[],
  rules: readonly AppliedRule[],
  conditions: readonly (ConditionKey | undefined)[],
): LeafVerdict {
  const end = inOrder.findIndex((rule) => conditions[rule] === undefined)
  const otherwise = end !== -1 && rules[inOrder[end]!]!.shows
  const conditional = (end === -1 ? inOrder : inOrder.slice(0, end)).map((rule) => {
    const { shows } = rules[rule]!
    const { key, mayBeUndecided } = conditions[rule]!
    return { key, mayBeUndecided, shows, rule: conditions.findIndex((other, index) => other?.key === key && rules[index]!.shows === shows) }
  })
  // A condition that has failed fails again further down. But a rule that shows may also have failed to apply because its condition is
  // undecided, and then a later one that hides applies.
  const steps = conditional
    .filter((step, index) => {
      const before = conditional.slice(0, index).filter(({ key }) => key === step.key)
      return step.shows || !step.mayBeUndecided ? before.length === 0 : before.every(({ shows }) => shows)
    })
    .map(({ rule, shows }) => ({ rule, shows }))
  const decisive = steps.findLastIndex(({ shows }) => shows !== otherwise)
  return { steps: steps.slice(0, decisive + 1), otherwise }
}
