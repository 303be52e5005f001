// Explains which parts of an event a user is shown. Enters: the policy's text, a user and an event. Leaves: for each leaf the rule that
// decides, and the rules after it that would have decided if their conditions held. The gateway's own rights say what is shown.
import type { BoundCondition, Condition } from '#policy/rules/condition.js'
import { doubtText } from '#policy/rules/doubt-text.js'
import { JudgedValue } from '#policy/rules/judged-value.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import type { Rule } from '#policy/rules/rule.js'
import { valueAt } from '#policy/rules/value-at-path.js'
import { claimAt, JoinedClaims, type UserClaims } from '#policy/claim-path.js'
import type { Mask } from '#policy/rights.js'
import { RolePolicy } from '#policy/role-policy.js'
import { showsSome, textUnder } from '#policy/shown.js'
import type { EntityData } from '#avro/entity-data.js'
import { JsonLines } from '#text/json-lines.js'
import { comparisonText } from './comparison-text.js'
import { claimsLackedBy, claimsOf, conditionText } from './condition-text.js'
import type { PolicyText } from './policy-lint.js'

export interface User {
  readonly roles: readonly string[]
  readonly claims: UserClaims
}

/** Where a rule stands in its file. */
export interface RulePlace {
  /** `roles.support[1]`. */
  readonly rule: string
  /** From 1. */
  readonly line: number
}

/**
 * What a rule says of an event. Without a condition it `applies`. Its condition `holds`, `fails`, cannot be asked as the token `lacks` a
 * claim, or is `undecided` by the schema or the event. In the last two cases a rule that shows does not apply, and a rule that hides
 * applies without its condition.
 */
export type Outcome = 'applies' | 'holds' | 'fails' | 'lacks' | 'undecided'

export interface RuleOutcome extends RulePlace {
  readonly shows: boolean
  readonly outcome: Outcome
  /** The condition as it stands in the file; undefined where there is none. */
  readonly condition: string | undefined
  /** The values that the condition compared, of the user and of the event. Missing claims are not compared. */
  readonly claims: readonly ComparedClaim[]
  readonly values: readonly Compared[]
  /** Why the condition is undecided, as the rest of a sentence about it. */
  readonly doubt?: string | undefined
}

export interface Compared {
  readonly name: string
  /** As text for people. */
  readonly value: string
}

export interface ComparedClaim extends Compared {
  /** What says so of the user. */
  readonly by: 'token' | 'claims topic'
}

export interface LeafExplanation {
  readonly path: string
  readonly shown: boolean
  /** The rule that decides; undefined where no rule does, so that nothing is shown. */
  readonly by: RuleOutcome | undefined
  /** The rules after it, the last one first, which would have decided. */
  readonly passed: readonly RuleOutcome[]
}

export interface EventExplanation {
  readonly leaves: readonly LeafExplanation[]
  /** The JSON text that the gateway sends as the event's data; undefined where it sends nothing. */
  readonly sent: string | undefined
}

export class PolicyReading {
  private readonly policy: RolePolicy
  private readonly lines: JsonLines

  /** @throws ConfigurationError where it is no policy. */
  constructor({ text }: PolicyText) {
    this.policy = new RolePolicy(parsePolicyFile(text))
    this.lines = new JsonLines(text)
  }

  /** All rules in the order of the file. */
  get rules(): RulePlace[] {
    return this.policy.rules.map((rule) => this.rulePlace(rule))
  }

  explain(user: User, data: EntityData): EventExplanation {
    const { entityType } = data.schema
    const mask = this.policy.rightsOf(user.roles, user.claims).audienceOf(entityType)?.maskOf({ data })
    const outcomes = this.rulesOf(user, entityType).map((rule) => ({ rule, outcome: this.outcomeOf(rule, user.claims, data) }))
    const leaves = data.schema.leaves.map((path, leaf) => {
      const named = outcomes.filter(({ rule }) => rule.patterns.some((pattern) => pattern.leavesOf(data.schema).includes(leaf)))
      const { by, passed } = decide(named.map(({ outcome }) => outcome).reverse())
      const shown = mask?.leaves.has(leaf) === true
      if (shown !== (by?.shows === true)) throw new Error(`The explanation of ${path} contradicts what the gateway shows.`)
      return { path, shown, by, passed }
    })
    return { leaves, sent: sentOf(mask, data) }
  }

  private rulesOf({ roles }: User, entityType: string): Rule[] {
    const held = new Set(roles)
    return this.policy.rules.filter(({ place, entityTypes }) => held.has(String(place.steps[1])) && entityTypes.has(entityType))
  }

  private outcomeOf(rule: Rule, claims: UserClaims, data: EntityData): RuleOutcome {
    const { shows, condition } = rule
    const head = { ...this.rulePlace(rule), shows }
    if (condition === undefined) return { ...head, outcome: 'applies', condition, claims: [], values: [] }
    const text = conditionText(condition)
    const bound = condition.bind(claims)
    if (bound === undefined) return { ...head, outcome: 'lacks', condition: text, claims: lacked(condition, claims), values: [] }
    return { ...head, condition: text, claims: filled(condition, claims), ...judged(condition, bound, data) }
  }

  private rulePlace({ place }: Rule): RulePlace {
    return { rule: place.toString(), line: this.lines.of([...place.steps]) }
  }
}

/** Undefined where the event holds nothing that may be seen. */
function sentOf(mask: Mask | undefined, data: EntityData): string | undefined {
  return mask !== undefined && showsSome(mask, { data }) ? textUnder(mask, { data }).toString() : undefined
}

/** @param outcomes those of the rules about a leaf, the last rule first. */
function decide(outcomes: readonly RuleOutcome[]): Pick<LeafExplanation, 'by' | 'passed'> {
  const at = outcomes.findIndex(({ outcome, shows }) => outcome === 'applies' || outcome === 'holds' || (outcome !== 'fails' && !shows))
  return at === -1 ? { by: undefined, passed: outcomes } : { by: outcomes[at], passed: outcomes.slice(0, at) }
}

function judged(
  condition: Condition,
  bound: BoundCondition,
  { schema, bytes, start }: EntityData,
): Pick<RuleOutcome, 'outcome' | 'values' | 'doubt'> {
  const [doubt] = bound.doubtsIn(schema)
  if (doubt !== undefined) return { outcome: 'undecided', values: [], doubt: doubtText(doubt) }
  const unknown = new Set<string>()
  const values = schema.extractionOf(condition.paths)(bytes, start, unknown)
  const [path] = unknown
  if (path !== undefined)
    return { outcome: 'undecided', values: [], doubt: `asks for "${path}", of which the event does not hold the values` }
  return {
    outcome: bound.test(new JudgedValue(values)) ? 'holds' : 'fails',
    values: condition.paths.map((name) => ({ name, value: comparisonText(valueAt(values, name)) })),
  }
}

function filled(condition: Condition, claims: UserClaims): ComparedClaim[] {
  return claimsOf(condition).map((name) => claimOf(name, claims))
}

/** Where the claims' topic decides, it is named: who asks why wants to know where to change it. */
function claimOf(name: string, claims: UserClaims): ComparedClaim {
  const isOfTopic = claims instanceof JoinedClaims && claims.isOfTopic(name)
  return { by: isOfTopic ? 'claims topic' : 'token', name, value: comparisonText(claimAt(claims, name)) }
}

function lacked(condition: Condition, claims: UserClaims): ComparedClaim[] {
  return claimsLackedBy(condition, claims).map((name) => {
    const claim = claimOf(name, claims)
    return claimAt(claims, name) === undefined ? claim : { ...claim, value: `${claim.value}, which cannot stand there` }
  })
}
