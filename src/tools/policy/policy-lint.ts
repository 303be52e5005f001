// Finds parts of a policy that cannot be meant as they stand. Enters: the policy's text and the known schemas. Leaves: findings with their
// lines.
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import type { Condition } from '#policy/rules/condition.js'
import { doubtText } from '#policy/rules/doubt-text.js'
import type { Rule } from '#policy/rules/rule.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import { type Finding, findingsOf, ruleIdsOf, type RuleTable } from '../findings/finding.js'
import { JsonLines } from '#text/json-lines.js'
import { impossibleValuesOf } from './impossible-values.js'

const rules = {
  'unknown-entity-type': {
    severity: 'error',
    why: 'A rule about an unknown type shows and hides nothing.',
    mend: 'Correct the name, or add the schema of the type.',
  },
  'unknown-field': {
    severity: 'error',
    why: 'A rule that shows it shows nothing, and one that hides it hides nothing.',
    mend: 'Correct the path; it is written as clients see it, through arrays, maps and unions.',
  },
  'unknown-tag': {
    severity: 'error',
    why: 'A rule that hides a tag hides nothing where no field carries it.',
    mend: 'Correct the tag, or add it to "confluent:tags" of its fields.',
  },
  'unknown-condition-path': {
    severity: 'error',
    why: 'A condition on a field that no event has cannot be decided: a rule that shows never applies, and one that hides always does.',
    mend: 'Correct the path; it is written as clients see it, through arrays, maps and unions.',
  },
  'impossible-value': {
    severity: 'error',
    why: 'No event holds such a value, so the comparison has the same result for all events: one for inequality always holds.',
    mend: 'Write a value of the field, for example one of its symbols.',
  },
  'undecided-condition': {
    severity: 'error',
    why: 'Values of different kinds cannot be compared: a rule that shows never applies, and one that hides always does.',
    mend: 'Write what the sentence says; numbers and times may be written as strings too.',
  },
  'unknown-role': {
    severity: 'error',
    why: 'No token carries the role, so nobody has these rights.',
    mend: 'Correct the name of the role, or add it to the roles of tokens.',
  },
  'rule-cancelled': {
    severity: 'warning',
    why: 'A later rule about a field wins, so this one decides nothing.',
    mend: 'Remove it, or move it behind the rules that overrule it.',
  },
  'role-sees-nothing': {
    severity: 'warning',
    why: 'A user with only this role is refused every subscription.',
    mend: 'Add a rule that shows something, or remove the role.',
  },
} as const satisfies RuleTable

const finding = findingsOf('policy', rules)
export const policyLintRules = ruleIdsOf('policy', rules)

export interface PolicyText {
  readonly file: string
  readonly text: string
}

/** @param roles the roles of tokens; undefined where they are not known. @throws ConfigurationError where the text is not a policy. */
export function lintPolicy(policy: PolicyText, schemas: readonly EntitySchema[], roles?: readonly string[]): Finding[] {
  return new PolicyLinter(policy, schemas).findings(roles)
}

class PolicyLinter {
  private readonly rulesByRole: ReadonlyMap<string, readonly Rule[]>
  private readonly file: string
  private readonly lines: JsonLines
  private readonly leaves = new Map<Rule, Map<EntitySchema, LeafSet>>()

  constructor(
    { file, text }: PolicyText,
    private readonly schemas: readonly EntitySchema[],
  ) {
    this.file = file
    this.rulesByRole = parsePolicyFile(text)
    this.lines = new JsonLines(text)
  }

  findings(roles: readonly string[] | undefined): Finding[] {
    return [...this.rulesByRole].flatMap(([role, its]) => [
      ...(roles?.includes(role) === false ? [this.found('unknown-role', ['roles', role], `No role is called "${role}".`)] : []),
      ...(its.some(({ shows }) => shows) ? [] : [this.found('role-sees-nothing', ['roles', role], `"${role}" is shown nothing.`)]),
      ...its.flatMap((rule, index) => this.findingsOf(rule, its.slice(index + 1))),
    ])
  }

  private findingsOf(rule: Rule, later: readonly Rule[]): Finding[] {
    const unknown = [...rule.entityTypes].filter((type) => this.schemasOf(type).length === 0)
    const known = this.schemas.filter(({ entityType }) => rule.entityTypes.has(entityType))
    const of = namesOf(rule)
    return [
      ...unknown.map((type) =>
        this.found('unknown-entity-type', [...rule.place.steps, 'subject'], `There is no schema of the entity type "${type}".`),
      ),
      ...(known.length === 0 ? [] : this.mismatches(rule, known, of)),
      ...this.cancelled(rule, known, later),
    ]
  }

  private mismatches({ place, patterns, condition }: Rule, known: readonly EntitySchema[], of: string): Finding[] {
    const fields = patterns.flatMap((pattern, index) => {
      if (known.some((schema) => pattern.leavesOf(schema).length > 0)) return []
      const at = [...place.steps, 'fields', index]
      if (pattern.text.startsWith('tag:')) return [this.found('unknown-tag', at, `No field of ${of} carries "${pattern.text.slice(4)}".`)]
      return [this.found('unknown-field', at, `"${pattern.text}" names no field of ${of}.`)]
    })
    return [...fields, ...(condition === undefined ? [] : this.mismatchesOf(condition, known, [...place.steps, 'conditions']))]
  }

  private mismatchesOf(condition: Condition, known: readonly EntitySchema[], at: readonly (string | number)[]): Finding[] {
    const undecided = known.flatMap((schema) => condition.doubtsIn(schema).map((doubt) => ({ schema, doubt })))
    const isUndecided = (path: string, value: string) =>
      undecided.some(({ doubt }) => doubt.comparison.path === path && JSON.stringify(doubt.literal) === value)
    const impossible = impossibleValuesOf(condition, known).filter(({ path, value }) => !isUndecided(path, value))
    return [
      ...undecided.map(({ schema, doubt }) => {
        const rule = doubt.why === 'no_path' ? 'unknown-condition-path' : 'undecided-condition'
        return this.found(rule, [...at, doubt.comparison.path], `Of "${schema.entityType}" the condition ${doubtText(doubt)}.`)
      }),
      ...impossible.map(({ path, value, instead }) =>
        this.found('impossible-value', [...at, path], `The condition compares "${path}" with ${value}, but it is ${instead}.`),
      ),
    ]
  }

  /** All rules of a role apply together, so a later rule without a condition overrules an earlier one for certain. */
  private cancelled(rule: Rule, known: readonly EntitySchema[], later: readonly Rule[]): Finding[] {
    const { place } = rule
    const leaves = known.flatMap((schema) => [...this.leavesOf(rule, schema)].map((leaf) => ({ schema, leaf })))
    if (leaves.length === 0) return []
    const certain = later.filter(({ condition }) => condition === undefined)
    const by = leaves.map(({ schema, leaf }) => certain.find((one) => this.leavesOf(one, schema).has(leaf)))
    if (by.includes(undefined)) return []
    const places = [...new Set(by)].map((rule) => rule!.place.toString()).join(' and ')
    return [this.found('rule-cancelled', place.steps, `All that ${place.toString()} says is overruled by ${places}.`)]
  }

  /** The leaves that a rule names. They are kept, as each rule is compared with all later ones leaf by leaf. */
  private leavesOf(rule: Rule, schema: EntitySchema): LeafSet {
    const ofRule = this.leaves.get(rule) ?? new Map<EntitySchema, LeafSet>()
    this.leaves.set(rule, ofRule)
    const patterns = rule.entityTypes.has(schema.entityType) ? rule.patterns : []
    const leaves = ofRule.get(schema) ?? new Set(patterns.flatMap((pattern) => pattern.leavesOf(schema)))
    ofRule.set(schema, leaves)
    return leaves
  }

  private schemasOf(entityType: string): EntitySchema[] {
    return this.schemas.filter((schema) => schema.entityType === entityType)
  }

  private found(rule: keyof typeof rules, path: readonly (string | number)[], what: string): Finding {
    return finding(rule, { file: this.file, line: this.lines.of([...path]) }, what)
  }
}

function namesOf({ entityTypes }: Rule): string {
  return [...entityTypes].map((type) => `"${type}"`).join(' and ')
}
