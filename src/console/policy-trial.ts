import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import type { Rule } from '#policy/rules/rule.js'
import { parseCases } from '#tools/policy/case-file.js'
import { caseFinding } from '#tools/policy/case-findings.js'
import { CaseRunner } from '#tools/policy/case-run.js'
import type { EntityEncoder } from '#tools/policy/entity-encoder.js'
import { lintPolicy } from '#tools/policy/policy-lint.js'
import { PolicyReading } from '#tools/policy/policy-reading.js'
import { type RoleView, roleViewOf, shownText } from '#tools/policy/role-view.js'
import { changesBetween } from '#tools/policy/view-changes.js'
import type { CasesAnswer, ChangeAnswer, TrialAnswer, ViewAnswer } from './answers.js'

/** What a text is tried against. */
export interface TrialWorld {
  readonly schemas: readonly EntitySchema[]
  readonly textInForce: string
  /** Undefined where the schemas' texts are not known: no case can be run then. */
  readonly encoderOf: ((entityType: string) => EntityEncoder) | undefined
  readonly rolesClaims: readonly string[]
  /** Lets others have their turn. */
  readonly turn: () => Promise<void>
}

const noCases: CasesAnswer = { passed: 0, fault: undefined, failed: [] }

/** What a decision is made of grows with the rules of a role, and so does the sentence that tells it. */
const rulesMax = 200

/**
 * Tells what a policy's text would do, without putting it in force: what lint finds, who would see what otherwise, which cases fail. It does
 * so in portions of a role and a type, between which others have their turn.
 */
export async function tryPolicy(text: string, cases: string, world: TrialWorld): Promise<TrialAnswer> {
  try {
    const rules = parsePolicyFile(text)
    const count = [...rules.values()].flat().length
    if (count > rulesMax) throw new ConfigurationError(`It has ${count} rules; up to ${rulesMax} are tried out here.`)
    const views = await viewsOf(rules, world)
    const findings = lintPolicy({ file: 'policy', text }, world.schemas).map(({ severity, line, what, mend }) => ({
      severity,
      line,
      what,
      mend,
    }))
    await world.turn()
    return {
      fault: undefined,
      findings,
      changes: await changesTo(views, world),
      cases: ran(text, cases, world),
      views: matrixOf(views),
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return { fault: error.message, findings: [], changes: [], cases: noCases, views: [] }
  }
}

async function viewsOf(rulesByRole: ReadonlyMap<string, readonly Rule[]>, { schemas, turn }: TrialWorld): Promise<RoleView[]> {
  const views: RoleView[] = []
  for (const [role, rules] of rulesByRole)
    for (const schema of schemas) {
      views.push(roleViewOf(role, rules, schema))
      await turn()
    }
  return views
}

async function changesTo(views: readonly RoleView[], world: TrialWorld): Promise<ChangeAnswer[]> {
  const before = await viewsOf(parsePolicyFile(world.textInForce), world)
  return changesBetween(before, views).map(({ kind, role, entityType, path, tags, before, after }) => {
    return { kind, role, entity_type: entityType, path, tags, before: shownText(before), after: shownText(after) }
  })
}

function ran(text: string, cases: string, { encoderOf, rolesClaims }: TrialWorld): CasesAnswer {
  if (encoderOf === undefined || cases.trim() === '') return noCases
  const runner = new CaseRunner(new PolicyReading({ file: 'policy', text }), encoderOf, rolesClaims)
  try {
    const results = parseCases(cases, 'cases').map((one) => ({ one, found: caseFinding(runner.run(one), 'cases') }))
    const failed = results.flatMap(({ one: { name, line }, found }) => (found === undefined ? [] : [{ name, line, why: found.what }]))
    return { passed: results.length - failed.length, fault: undefined, failed }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return { ...noCases, fault: error.message }
  }
}

/** The views of all roles of a type, as a table. */
function matrixOf(views: readonly RoleView[]): ViewAnswer[] {
  const types = [...new Set(views.map(({ entityType }) => entityType))]
  return types.map((entity_type) => {
    const its = views.filter(({ entityType }) => entityType === entity_type)
    const [first] = its
    const leaves = first!.leaves.map(({ path }, leaf) => ({ path, shown: its.map(({ leaves }) => shownText(leaves[leaf]!.shown)) }))
    return { entity_type, roles: its.map(({ role }) => role), leaves }
  })
}
