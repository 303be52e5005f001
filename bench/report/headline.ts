import { readFileSync, writeFileSync } from 'node:fs'
import { atText, figureTitle, valueText } from './figure-text.js'
import type { BenchReport, Figure, ResultRow, ScenarioResult } from './result.js'
import { summaryOf } from './summary.js'
import { goalText } from './terminal-table.js'

/** What somebody who has a minute wants to know: what a delivery costs, at how many frames a write, and how late it is. */
const headlineFigures = ['deliveriesPerCpuSecond', 'framesPerWrite', 'cpuCores', 'latencyP50Ms', 'latencyP99Ms']

/** Between the comments, so that what surrounds them is left alone. */
const place = /(<!-- bench: [^>]*-->)[^]*?(<!-- \/bench -->)/

/** Writes the table into the file, in place of the one that stands there. @throws Error where the file has no place for it. */
export function writeHeadline(report: BenchReport, path: string): void {
  writeFileSync(path, withHeadline(readFileSync(path, 'utf8'), report))
}

/** The text with its table made anew from a report. @throws Error where the text has no place for it. */
export function withHeadline(text: string, report: BenchReport): string {
  if (!place.test(text)) throw new Error('There is no place for the table: <!-- bench: ... --> and <!-- /bench -->.')
  return text.replace(place, (_all, start: string, end: string) => `${start}\n\n${headlineTable(report)}\n\n${end}`)
}

/** Markdown as the formatter leaves it: medians; below it the command and the machine that made them. */
export function headlineTable(report: BenchReport): string {
  const rows = report.scenarios.flatMap(({ scenario, rows }) => sideBySide(rows).map((row) => cellsOf(scenario, row)))
  const goals = report.scenarios.flatMap(goalRowsOf)
  const parts = [markdown([['scenario', 'at', 'contender', ...headlineFigures.map(figureTitle)], ...rows]), origin(report)]
  return [...parts, ...(goals.length === 0 ? [] : [markdown([['scenario', 'what was asked for', ''], ...goals])])].join('\n\n')
}

/** Those that were not met too: they are findings. */
function goalRowsOf({ scenario, goals = [] }: ScenarioResult): string[][] {
  return goals.map((goal) => [scenario, goalText(goal), goal.met ? 'met' : 'not met'])
}

/** Contenders at the same point one below the other; without those of whom nothing is known that the table says. */
function sideBySide(rows: readonly ResultRow[]): ResultRow[] {
  const points = [...new Set(rows.map(({ at }) => atText(at)))]
  const telling = rows.filter(({ figures }) => headlineFigures.some((name) => name in figures))
  return points.flatMap((point) => telling.filter(({ at }) => atText(at) === point))
}

function cellsOf(scenario: string, { at, contender, figures }: ResultRow): string[] {
  return [scenario, atText(at), contender, ...headlineFigures.map((name) => cellOf(figures[name]))]
}

function cellOf(figure: Figure | undefined): string {
  return figure === undefined ? '' : valueText(summaryOf(figure).median, figure.unit)
}

function origin({ command, machine, startedAt, scenarios }: BenchReport): string {
  const { cores, cpu, memoryBytes, os, node, sluice } = machine
  const where = `${cores} cores of ${cpu}, ${valueText(memoryBytes, 'B')}, ${os}, Node ${node}, sluice ${sluice}`
  return `Medians of ${roundsText(scenarios)} rounds, by \`${command}\` on ${startedAt.slice(0, 10)}: ${escaped(where)}.`
}

/** `5`, or `5 to 7` where figures differ in it. */
function roundsText(scenarios: readonly ScenarioResult[]): string {
  const figures = scenarios.flatMap(({ rows }) => rows.flatMap((row) => headlineFigures.flatMap((name) => row.figures[name] ?? [])))
  const counts = figures.map(({ rounds }) => rounds.length)
  return [...new Set([Math.min(...counts), Math.max(...counts)])].join(' to ')
}

function markdown(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(escaped))
  const widths = cells[0]!.map((_heading, column) => Math.max(3, ...cells.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join('\n')
}

/** Nothing in a table may end its cell, or be taken for HTML. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
