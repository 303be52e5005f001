import type { Comparison } from './comparison.js'
import { atText, figureTitle, rangeText, valueText } from './figure-text.js'
import type { Goal, ResultRow, ScenarioResult } from './result.js'
import { medianOf } from './summary.js'

/** What the terminal shows of a scenario: each row with its figures, median and range, and the goals. */
export function scenarioText({ scenario, question, rows, goals = [], notes = [] }: ScenarioResult): string {
  return [`\n${scenario}: ${question}`, ...rows.map(rowText), ...goals.map(goalText), ...notes.map((note) => `  ${note}`)].join('\n')
}

function rowText({ contender, at, figures }: ResultRow): string {
  const lines = Object.entries(figures).map(([name, figure]) => {
    const range = rangeText(figure)
    return `    ${figureTitle(name).padEnd(28)} ${valueText(medianOf(figure.rounds), figure.unit).padStart(14)}${range === '' ? '' : `   (${range})`}`
  })
  return [`  ${contender}${Object.keys(at).length === 0 ? '' : `, ${atText(at)}`}`, ...lines].join('\n')
}

function goalText({ text, figure, bound, sense, unit, met }: Goal): string {
  return `  ${met ? 'met    ' : 'NOT MET'} ${text}: ${valueText(figure, unit)}, ${sense} ${valueText(bound, unit)}`
}

/** What changed beyond the noise; how much did not. */
export function comparisonText({ unlike, changes }: Comparison): string {
  const told = changes.filter(({ verdict }) => verdict !== 'no change' && verdict !== 'too few rounds')
  const lines = told.map(({ scenario, contender, at, name, before, after, ratio, verdict }) => {
    const values = `${valueText(medianOf(before.rounds), before.unit)} -> ${valueText(medianOf(after.rounds), after.unit)}`
    return `${verdict.padEnd(8)} ${scenario}, ${contender}, ${atText(at)}: ${figureTitle(name)} ${values} (${ratio.toFixed(2)})`
  })
  const few = changes.filter(({ verdict }) => verdict === 'too few rounds').length
  const rest = `${changes.length - told.length - few} of ${changes.length} figures: no change${few === 0 ? '' : `; ${few} have too few rounds to tell`}`
  return [...unlike, ...lines, rest].join('\n')
}
