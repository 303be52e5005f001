import { figureTitle, atText, valueText } from './figure-text.js'
import { compareReports, type Comparison, type FigureChange, type ScenarioChange } from './comparison.js'
import { readReport, UnreadableReport } from './read-report.js'
import { medianOf } from './summary.js'
import { textTable } from './text-table.js'

export interface CompareOptions {
  /** The comparison as JSON instead of text for people. */
  readonly json?: boolean
  readonly writeOut?: (text: string) => void
  readonly writeErr?: (text: string) => void
}

/**
 * Says what changed from the first report to the second, and whether beyond the noise.
 * @returns the exit code: 0 whatever changed, 65 where a file is no report, 66 where it cannot be read.
 */
export function compareFiles(pathA: string, pathB: string, options: CompareOptions = {}): number {
  const { json = false, writeOut = toStdout, writeErr = toStderr } = options
  try {
    const comparison = compareReports(readReport(pathA), readReport(pathB))
    writeOut(json ? `${JSON.stringify(comparison, undefined, 2)}\n` : comparisonText(comparison))
    return 0
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error
    writeErr(`${error.message}\n`)
    return error.exitCode
  }
}

function toStdout(text: string): void {
  process.stdout.write(text)
}

function toStderr(text: string): void {
  process.stderr.write(text)
}

function comparisonText({ unlike, scenarios }: Comparison): string {
  const sections = [unlike.map((sentence) => `! ${sentence}`), [verdictText(scenarios)], ...scenarios.map(scenarioLines)]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

/** One sentence for the whole. */
export function verdictText(scenarios: readonly ScenarioChange[]): string {
  const changes = scenarios.flatMap(({ rows }) => rows.flatMap(({ figures }) => figures))
  const count = (verdict: string) => changes.filter((change) => change.verdict === verdict).length
  const counts = ['better', 'worse', 'changed'].filter((verdict) => count(verdict) > 0).map((verdict) => `${count(verdict)} ${verdict}`)
  const few = count('too few rounds')
  const compared = changes.length - few
  const found =
    compared === 0 ? 'Nothing can be told' : counts.length === 0 ? 'No change beyond the noise' : `Beyond the noise: ${counts.join(', ')}`
  return `${found}. Figures compared: ${compared}; with too few rounds for it: ${few}.`
}

function scenarioLines({ scenario, rows, unlike }: ScenarioChange): string[] {
  const cells = rows.flatMap(({ contender, at, figures }) => figures.map((figure) => [contender, atText(at), ...changeCells(figure)]))
  const headings = ['contender', 'at', 'figure', 'verdict', 'before', 'after', 'ratio']
  return [scenario, ...unlike.map((sentence) => `  ! ${sentence}`), ...textTable([headings, ...cells], 4)]
}

/** Title, verdict, median before, median after and ratio. */
export function changeCells({ name, before, after, ratio, verdict }: FigureChange): string[] {
  const medians = [before, after].map(({ rounds, unit }) => valueText(medianOf(rounds), unit))
  return [figureTitle(name), verdict, ...medians, ratio === null ? '' : `x ${ratio.toFixed(2)}`]
}
