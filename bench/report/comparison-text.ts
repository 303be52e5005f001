import type { Comparison, FigureChange, ScenarioChange } from './comparison.js'
import { atText, figureTitle, valueText } from './figure-text.js'
import { medianOf } from './summary.js'
import { textTable } from './text-table.js'

/** For the terminal: what casts doubt on all of it, the verdict, then each scenario. */
export function comparisonText({ unlike, scenarios }: Comparison): string {
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

/** A scenario's changes as cells; those beyond the noise by themselves, lest they drown in the rest. */
export function changeRows({ rows }: ScenarioChange): { headings: string[]; beyondNoise: string[][]; rest: string[][] } {
  const changes = rows.flatMap(({ contender, at, figures }) => figures.map((change) => ({ contender, at, change })))
  const cellsOf = (some: typeof changes) => some.map(({ contender, at, change }) => [contender, atText(at), ...changeCells(change)])
  return {
    headings: ['contender', 'at', 'figure', 'verdict', 'before', 'after', 'ratio'],
    beyondNoise: cellsOf(changes.filter(({ change }) => isBeyondNoise(change))),
    rest: cellsOf(changes.filter(({ change }) => !isBeyondNoise(change))),
  }
}

function scenarioLines(change: ScenarioChange): string[] {
  const { headings, beyondNoise, rest } = changeRows(change)
  return [change.scenario, ...change.unlike.map((sentence) => `  ! ${sentence}`), ...textTable([headings, ...beyondNoise, ...rest], 4)]
}

function changeCells({ name, before, after, ratio, verdict }: FigureChange): string[] {
  const medians = [before, after].map(({ rounds, unit }) => valueText(medianOf(rounds), unit))
  return [figureTitle(name), verdict, ...medians, ratio === null ? '' : `x ${ratio.toFixed(2)}`]
}

function isBeyondNoise({ verdict }: FigureChange): boolean {
  return verdict !== 'no change' && verdict !== 'too few rounds'
}
