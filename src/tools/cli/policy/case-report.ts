import { parseCases } from '../../policy/case-file.js'
import { caseFinding, type Coverage, coverageFindings, coverageOf } from '../../policy/case-findings.js'
import { CaseRunner, type CaseResult } from '../../policy/case-run.js'
import type { EntityEncoder } from '../../policy/entity-encoder.js'
import { PolicyReading } from '../../policy/policy-reading.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { findingText } from '../../findings/finding-text.js'
import { type FindingOptions, judge, type Judgement } from '../finding-options.js'
import { readInput } from '#config/text-file.js'
import type { Paint } from '../paint.js'
import { caseText, coverageText } from './case-text.js'
import { encodersOf, type JudgingOptions } from './judging-options.js'

export interface CaseOptions extends FindingOptions, JudgingOptions {
  readonly coverageMin?: number
}

const check = 'policy test'

/** What became of cases. */
export interface TestRun {
  readonly results: readonly CaseResult[]
  /** The schemas of the entities in the cases. */
  readonly schemas: ReadonlySet<EntitySchema>
  readonly coverage: Coverage
  readonly judgement: Judgement
}

/** @throws ConfigurationError where the cases, the policy or a schema cannot be read. */
export function runCases(file: string, options: CaseOptions): TestRun {
  const { policy, rolesClaim, coverageMin } = options
  const reading = new PolicyReading({ file: policy, text: readInput(policy) })
  const schemas = new Set<EntitySchema>()
  const encoderOf = encodersOf(options)
  const noted = (entityType: string): EntityEncoder => {
    const encoder = encoderOf(entityType)
    schemas.add(encoder.schema)
    return encoder
  }
  const runner = new CaseRunner(reading, noted, rolesClaim)
  const results = parseCases(readInput(file), file).map((one) => runner.run(one))
  const coverage = coverageOf(reading.rules, runner.decided)
  const found = results.flatMap((result) => caseFinding(result, file) ?? [])
  return { results, schemas, coverage, judgement: judge([...found, ...coverageFindings(coverage, policy, coverageMin)], options) }
}

/** As the options want it. */
export function outputOf(run: TestRun, file: string, { policy, strict }: CaseOptions, paint: Paint): string {
  const { format, findings } = run.judgement
  if (format === 'json') return runJson(run)
  if (format === 'text') return runText(run, file, policy, paint)
  const cases = run.results.map(({ case: { name, line } }) => ({ name, file, line }))
  return findingText(format, { check, findings, checked: [...cases, { name: policy, file: policy }], strict: strict === true })
}

/** Cases that the settings ignore are left out of the table, as they are left out of the findings. */
function runText({ results, coverage, judgement }: TestRun, file: string, policy: string, paint: Paint): string {
  const kept = results.filter((result) => judgement.findings.some((found) => found.file === file && found.line === result.case.line))
  const tables = kept.filter(({ outcome }) => outcome !== 'passed').map((result) => `${caseText(result, file, paint)}\n`)
  const low = judgement.findings.filter(({ rule }) => rule === 'policy/coverage-low').map(({ what }) => `${paint.gone(what)}\n`)
  return [...tables, `${countOf(results)}\n`, coverageText(coverage, policy, paint), ...low].join('')
}

function countOf(results: readonly CaseResult[]): string {
  return `${results.filter(({ outcome }) => outcome === 'passed').length} of ${results.length} cases hold.`
}

function runJson({ results, coverage, judgement }: TestRun): string {
  const cases = results.map(({ case: { name, line }, ...rest }) => ({ name, line, ...rest }))
  return `${JSON.stringify({ check, findings: judgement.findings, cases, coverage }, undefined, 2)}\n`
}
