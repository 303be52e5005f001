// Enter two reports; leaves the figures that both have, row by row, and sentences on what only one of them has or what differs beside the figures.
import { atText, figureTitle, valueText } from './figure-text.js'
import type { BenchReport, Figure, Machine, ResultRow, ScenarioResult } from './result.js'
import { summaryOf } from './summary.js'
import { failureText } from './terminal-table.js'

export interface FigurePair {
  readonly name: string
  readonly before: Figure
  readonly after: Figure
}

export interface RowPair {
  readonly contender: string
  readonly at: ResultRow['at']
  readonly figures: readonly FigurePair[]
}

export interface ScenarioPair {
  readonly scenario: string
  readonly rows: readonly RowPair[]
  readonly unlike: readonly string[]
}

interface Paired<T> {
  readonly both: readonly (readonly [before: T, after: T])[]
  readonly single: readonly (readonly [where: 'before' | 'after', what: T])[]
}

/** Batching is most of the cost of a delivery: beyond this difference two costs do not speak of the same thing. */
const framesPerWriteTolerance = 0.05
/** From here on a round is disturbed by more than rounds differ by themselves. */
const stealTolerance = 0.02

export function pairScenarios(before: BenchReport, after: BenchReport): { scenarios: readonly ScenarioPair[]; unlike: readonly string[] } {
  const { both, single } = paired(before.scenarios, after.scenarios, ({ scenario }) => scenario)
  return {
    scenarios: both.map(([a, b]) => pairRows(a, b)),
    unlike: [
      ...[before, after].flatMap(({ failure }, index) =>
        failure ? [`In the run ${index === 0 ? 'before' : 'after'}, ${failureText(failure)}`] : [],
      ),
      ...unlikeMachines(before.machine, after.machine),
      ...single.map(([where, { scenario }]) => `Scenario ${scenario} is in the run ${where} only.`),
    ],
  }
}

function pairRows(before: ScenarioResult, after: ScenarioResult): ScenarioPair {
  const { both, single } = paired(before.rows, after.rows, keyOf)
  const rows = both.map(([a, b]) => pairFigures(a, b))
  const unlike = [
    ...differences('Knob', before.knobs, after.knobs),
    ...single.map(([where, row]) => `${rowText(row)} is in the run ${where} only.`),
    ...rows.flatMap((row) => row.unlike),
  ]
  return { scenario: before.scenario, rows: rows.map(({ row }) => row), unlike }
}

function pairFigures(before: ResultRow, after: ResultRow): { row: RowPair; unlike: string[] } {
  const { both, single } = paired(Object.entries(before.figures), Object.entries(after.figures), ([name]) => name)
  const figures = both.map(([[name, a], [, b]]) => ({ name, before: a, after: b }))
  const comparable = figures.filter((pair) => pair.before.unit === pair.after.unit)
  const otherUnits = figures.filter((pair) => !comparable.includes(pair))
  const { contender, at } = before
  const unlike = [
    ...single.map(([where, [name]]) => `${rowText(before)}: ${figureTitle(name)} is in the run ${where} only.`),
    ...otherUnits.map(
      ({ name, ...pair }) => `${rowText(before)}: ${figureTitle(name)} is in ${pair.before.unit} before and in ${pair.after.unit} after.`,
    ),
    ...comparable.flatMap((pair) => unlikeBatching(rowText(before), pair)),
  ]
  return { row: { contender, at, figures: comparable }, unlike }
}

function unlikeBatching(row: string, { name, before, after }: FigurePair): string[] {
  if (name !== 'framesPerWrite') return []
  const [a, b] = [summaryOf(before).median, summaryOf(after).median]
  if (Math.abs(b - a) <= framesPerWriteTolerance * Math.max(a, b)) return []
  return [`${row}: the costs are not at equal frames per write: ${valueText(a, '')} before, ${valueText(b, '')} after.`]
}

/** Another version of the code itself is what a comparison is for. */
function unlikeMachines(before: Machine, after: Machine): string[] {
  const facts = ({ cpu, cores, memoryBytes, node, os, affinity }: Machine) => ({ cpu, cores, memoryBytes, node, os, affinity })
  const sentences = [...differences('Machine:', facts(before), facts(after)), ...differences('Package', before.packages, after.packages)]
  const steal = Math.max(before.stealShare, after.stealShare)
  if (steal >= stealTolerance) sentences.push(`The host took up to ${valueText(steal * 100, '%')} of the CPU time for others.`)
  return sentences
}

type Facts = Readonly<Record<string, string | number | boolean>>

function differences(what: string, before: Facts, after: Facts): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${what} ${name} is ${before[name] ?? 'not set'} before and ${after[name] ?? 'not set'} after.`)
}

function paired<T>(before: readonly T[], after: readonly T[], keyOf: (one: T) => string): Paired<T> {
  const beforeByKey = new Map(before.map((one) => [keyOf(one), one]))
  const afterByKey = new Map(after.map((one) => [keyOf(one), one]))
  return {
    both: [...beforeByKey].flatMap(([key, one]) => (afterByKey.has(key) ? [[one, afterByKey.get(key)!] as const] : [])),
    single: [
      ...[...beforeByKey].filter(([key]) => !afterByKey.has(key)).map(([, one]) => ['before', one] as const),
      ...[...afterByKey].filter(([key]) => !beforeByKey.has(key)).map(([, one]) => ['after', one] as const),
    ],
  }
}

/** Coordinates are the same in any order. */
function keyOf({ contender, at }: ResultRow): string {
  return JSON.stringify([contender, Object.entries(at).sort(([a], [b]) => (a < b ? -1 : 1))])
}

function rowText({ contender, at }: Pick<ResultRow, 'contender' | 'at'>): string {
  return [contender, atText(at)].filter((text) => text !== '').join(' at ')
}
