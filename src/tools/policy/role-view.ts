// Says for each role and field whether it is seen always, never, or under a condition, without an event. Enters: a policy's rules by role,
// and schemas. Leaves: a view for each role and type. Judges nothing itself; it asks the gateway's own `verdictsOf`.
import { verdictsOf, type LeafVerdict } from '#policy/audience/leaf-verdict.js'
import type { Condition } from '#policy/rules/condition.js'
import { type AppliedRule, type Rule, undecided } from '#policy/rules/rule.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { claimsOf, conditionText } from './condition-text.js'

export type Shown = 'always' | 'never' | { readonly when: string }

export interface LeafView {
  readonly path: string
  readonly tags: readonly string[]
  readonly shown: Shown
}

/** What a user with only this role may see of a type. Leaves stand in the schema's order. */
export interface RoleView {
  readonly role: string
  readonly entityType: string
  readonly leaves: readonly LeafView[]
  /** Whether one decision shows all that is ever shown: who sees anything of an event sees all of these leaves. */
  readonly isAllOrNothing: boolean
}

/** By role in the policy's order, then by type in that of the schemas. */
export function roleViewsOf(rulesByRole: ReadonlyMap<string, readonly Rule[]>, schemas: readonly EntitySchema[]): RoleView[] {
  return [...rulesByRole].flatMap(([role, rules]) => schemas.map((schema) => roleViewOf(role, rules, schema)))
}

/** What users with these rules may see of a type. */
export function roleViewOf(role: string, all: readonly Rule[], schema: EntitySchema): RoleView {
  const { entityType } = schema
  const its = all.filter(({ entityTypes }) => entityTypes.has(entityType))
  const rules = its.map((rule): AppliedRule => ((rule.condition?.doubtsIn(schema).length ?? 0) > 0 ? undecided(rule) : rule))
  // An event may hold too many values of a list.
  const mayBeUndecided = ({ paths }: Condition) => paths.some((path) => isThroughList(path, schema))
  const verdicts = verdictsOf(entityType, rules, schema, { keyOf: conditionKey, mayBeUndecided })
  const leaves = schema.leaves.map((path, leaf) => ({ path, tags: tagsOf(schema, leaf), shown: shownBy(verdicts[leaf]!, rules) }))
  const decisions = new Set(verdicts.filter(showsEver).map((verdict) => JSON.stringify(verdict)))
  return { role, entityType, leaves, isAllOrNothing: decisions.size === 1 }
}

function showsEver({ steps, otherwise }: LeafVerdict): boolean {
  return steps.length > 0 || otherwise
}

/** Open conditions of two rules are never the same: for a token without the claims a rule that hides applies, one that shows does not. */
function conditionKey(condition: Condition, rule: number): string {
  return JSON.stringify(condition.isOpen ? [condition, rule] : condition)
}

function isThroughList(path: string, schema: EntitySchema): boolean {
  const kinds = schema.kindsAt(path)
  return kinds !== undefined && (kinds.throughList || kinds.endsInList)
}

/** The tags of a leaf. */
export function tagsOf({ tags }: EntitySchema, leaf: number): string[] {
  return [...tags].filter(([, leaves]) => leaves.has(leaf)).map(([tag]) => tag)
}

function shownBy({ steps, otherwise }: LeafVerdict, rules: readonly AppliedRule[]): Shown {
  if (steps.length === 0) return otherwise ? 'always' : 'never'
  return { when: decisionText(steps, otherwise, rules) }
}

/** The first condition that holds decides. Where none does, the opposite of the last step holds. */
function decisionText([step, ...later]: LeafVerdict['steps'], otherwise: boolean, rules: readonly AppliedRule[]): string {
  const condition = rules[step!.rule]!.condition!
  const rest = later.length === 0 ? undefined : decisionText(later, otherwise, rules)
  if (step!.shows) return rest === undefined ? conditionText(condition) : `${grouped(conditionText(condition))} or ${grouped(rest)}`
  // A rule that hides applies without its condition to a token that lacks the claim.
  const present = claimsOf(condition).map((claim) => `the token has ${claim}`)
  const spared = [`not (${conditionText(condition)})`, ...present].join(' and ')
  return rest === undefined ? spared : `${spared} and ${grouped(rest)}`
}

function grouped(text: string): string {
  return / (and|or) /.test(text) ? `(${text})` : text
}

export function shownText(shown: Shown): string {
  return typeof shown === 'string' ? shown : `if ${shown.when}`
}
