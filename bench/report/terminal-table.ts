import { figuresByPoint, type FiguresAt } from './figure-rows.js'
import { atText, figureTitle, summaryCells, valueText } from './figure-text.js'
import type { Failure, Goal, ScenarioResult } from './result.js'
import { textTable } from './text-table.js'

/** A scenario's result for people: the contenders side by side at each point, then its goals and notes. */
export function printScenario(result: ScenarioResult, writeOut: (text: string) => void = (text) => process.stdout.write(text)): void {
  const { scenario, question, rows, notes = [], goals = [] } = result
  const lines = [
    `${scenario}: ${question}`,
    ...figuresByPoint(rows).flatMap(pointLines),
    ...goals.map((goal) => `  ${goal.met ? 'met    ' : 'not met'}  ${goalText(goal)}`),
    ...notes.map((note) => `  note: ${note}`),
  ]
  writeOut(`${lines.join('\n')}\n`)
}

/** `backlog: 4.2 M/s, at least 4 M/s` */
export function goalText({ text, figure, bound, sense, unit }: Goal): string {
  return `${text}: ${valueText(figure, unit)}, ${sense} ${valueText(bound, unit)}`
}

/** `soak failed: 3 of 100 updates have not arrived` */
export function failureText({ scenario, reason }: Failure): string {
  return `${scenario} failed: ${reason}`
}

function pointLines({ at, figures }: FiguresAt): string[] {
  const cells = figures.flatMap(({ name, of }) =>
    of.map(([contender, figure], index) => [index === 0 ? figureTitle(name) : '', contender, ...summaryCells(figure)]),
  )
  const heading = atText(at)
  return ['', ...(heading === '' ? [] : [heading]), ...textTable([['figure', 'contender', 'median', 'least', 'most'], ...cells], 2), '']
}
