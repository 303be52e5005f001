import { changeRows, verdictText } from './comparison-text.js'
import { compareReports, type ScenarioChange } from './comparison.js'
import { contenderBars } from './contender-bars.js'
import { figuresByPoint } from './figure-rows.js'
import { atText, figureTitle, summaryCells, valueText } from './figure-text.js'
import { escapeHtml, htmlTable } from './html-text.js'
import type { BenchReport, Failure, Goal, Machine, ScenarioResult } from './result.js'
import { failureText, goalText } from './terminal-table.js'

/** A scenario: its goals, the places of its charts (the page's script draws them in order), then all figures and knobs. */
export function scenarioSection(result: ScenarioResult, contenders: readonly string[], charts: number): string {
  const { scenario, question, goals = [], notes = [], knobs, rows } = result
  return `<section>
<h2>${escapeHtml(scenario)}</h2>
<p>${escapeHtml(question)}</p>
${goals.length === 0 ? '' : `<ul class="goals">${goals.map(goalItem).join('')}</ul>`}
<div class="charts">${'<figure class="chart"></figure>'.repeat(charts)}</div>
${contenderBars(result, contenders)}
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n')}
${figureTable(rows)}
${details('Knobs', pairTable(knobs))}
</section>`
}

/** Before all else: what stands below is not the whole. */
export function failureSection({ scenario, reason }: Failure): string {
  return `<section>
<h2>Failed</h2>
${sentences([failureText({ scenario, reason })])}
</section>`
}

export function comparisonSection(before: BenchReport, after: BenchReport): string {
  const { unlike, scenarios } = compareReports(before, after)
  return `<section>
<h2>Changes</h2>
<p>From the run of ${escapeHtml(before.startedAt.slice(0, 16).replace('T', ' '))} (sluice ${escapeHtml(before.machine.sluice)}). ${escapeHtml(verdictText(scenarios))}</p>
${sentences(unlike)}
${scenarios.map(changes).join('\n')}
</section>`
}

export function machineSection({ machine, ...report }: BenchReport, before: BenchReport | undefined): string {
  const table = (of: Machine, command: string, title: string) => `<h3>${title}</h3>\n${pairTable({ command, ...machineFacts(of) })}`
  const earlier = before === undefined ? '' : table(before.machine, before.command, 'Before')
  return `<section>
<h2>Machine</h2>
${table(machine, report.command, 'This run')}
${earlier}
</section>`
}

function changes(change: ScenarioChange): string {
  const { headings, beyondNoise, rest } = changeRows(change)
  const table = (rows: readonly string[][]) => htmlTable([headings, ...rows], 4)
  return `<h3>${escapeHtml(change.scenario)}</h3>
${sentences(change.unlike)}
${beyondNoise.length === 0 ? '' : table(beyondNoise)}
${rest.length === 0 ? '' : details(`${rest.length} without a change beyond the noise`, table(rest))}`
}

function figureTable(rows: ScenarioResult['rows']): string {
  const cells = figuresByPoint(rows).flatMap(({ at, figures }) =>
    figures.flatMap(({ name, of }) => of.map(([contender, figure]) => [atText(at), figureTitle(name), contender, ...summaryCells(figure)])),
  )
  const headings = ['at', 'figure', 'contender', 'median', 'least', 'most']
  return cells.length === 0 ? '' : details('All figures', htmlTable([headings, ...cells], 3))
}

function goalItem(goal: Goal): string {
  return `<li class="${goal.met ? 'met' : 'missed'}"><b>${goal.met ? 'met' : 'not met'}</b> ${escapeHtml(goalText(goal))}</li>`
}

function machineFacts({ packages, memoryBytes, stealShare, ...rest }: Machine): Record<string, string | number> {
  return { ...rest, memory: valueText(memoryBytes, 'B'), steal: valueText(100 * stealShare, '%'), ...packages }
}

function pairTable(pairs: Readonly<Record<string, string | number | boolean>>): string {
  return htmlTable([['name', 'value'], ...Object.entries(pairs).map(([name, value]) => [name, String(value)])], 2)
}

function sentences(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `<ul class="unlike">${texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`
}

function details(summary: string, content: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary>\n${content}\n</details>`
}
