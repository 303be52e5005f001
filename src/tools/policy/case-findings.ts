import { type Finding, findingsOf, ruleIdsOf, type RuleTable } from '../findings/finding.js'
import type { CaseResult } from './case-run.js'
import type { RulePlace } from './policy-reading.js'

const rules = {
  'case-failed': {
    severity: 'error',
    why: 'The policy does not show what the case expects.',
    mend: 'Correct the policy, or the case if it expects something that is not meant.',
  },
  'case-broken': {
    severity: 'error',
    why: 'A case that cannot be run says nothing about the policy.',
    mend: 'Correct the case by the schema of its entity type.',
  },
  'rule-undecided': {
    severity: 'warning',
    why: 'Every case has the same result whatever this rule says.',
    mend: 'Add a case in which it decides about a field.',
  },
  'coverage-low': {
    severity: 'error',
    why: 'A change of the rules that no case needs goes unnoticed.',
    mend: 'Add cases in which they decide about a field.',
  },
} as const satisfies RuleTable

const finding = findingsOf('policy', rules)
export const policyCaseRules = ruleIdsOf('policy', rules)

/** How many rules of the policy have decided about some leaf of some case. */
export interface Coverage {
  readonly rules: number
  readonly undecided: readonly RulePlace[]
  /** Rounded down, so that 100 means all. */
  readonly percent: number
}

export function coverageOf(all: readonly RulePlace[], decided: ReadonlySet<string>): Coverage {
  const undecided = all.filter(({ rule }) => !decided.has(rule))
  const percent = all.length === 0 ? 100 : Math.floor((100 * (all.length - undecided.length)) / all.length)
  return { rules: all.length, undecided, percent }
}

/** Undefined where the case holds. @param file the file of the cases. */
export function caseFinding(result: CaseResult, file: string): Finding | undefined {
  const { name, line } = result.case
  if (result.outcome === 'passed') return undefined
  if (result.outcome === 'broken') return finding('case-broken', { file, line }, `"${name}" cannot be run: ${result.why}`)
  const { expected, got, reasons } = result
  const because = reasons.map(({ paths, lines }) => ` ${paths.join(', ')}: ${lines.join('; ')}.`).join('')
  return finding('case-failed', { file, line }, `"${name}" expects ${expected}, but it is ${got}.${because}`)
}

/** @param file the policy's file. @param percentMin undefined where no coverage is required. */
export function coverageFindings({ rules: count, undecided, percent }: Coverage, file: string, percentMin: number | undefined): Finding[] {
  const low = `The cases need ${percent} % of the ${count} rules, of ${percentMin ?? 0} % that are asked for.`
  return [
    ...undecided.map(({ rule, line }) => finding('rule-undecided', { file, line }, `${rule} decides nothing in any case.`)),
    ...(percentMin !== undefined && percent < percentMin ? [finding('coverage-low', { file }, low)] : []),
  ]
}
