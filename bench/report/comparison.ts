// Enter two reports; leaves what changed between them, scenario by scenario. What only one of them has is said, never skipped.
import { atText } from './figure-text.js'
import { changesBeyondNoise, roundsMin } from './noise.js'
import type { BenchReport, Figure, Machine, ResultRow, ScenarioResult } from './result.js'
import { medianOf } from './summary.js'

export type Verdict = 'better' | 'worse' | 'changed' | 'no change' | 'too few rounds'

/** One figure of one row in both reports. */
export interface FigureChange {
  readonly scenario: string
  readonly contender: string
  readonly at: ResultRow['at']
  readonly name: string
  readonly before: Figure
  readonly after: Figure
  /** Of the medians, after by before. */
  readonly ratio: number
  readonly verdict: Verdict
}

export interface Comparison {
  /** Sentences on what is not alike, such as another machine, other knobs, or rows that only one report has. */
  readonly unlike: readonly string[]
  readonly changes: readonly FigureChange[]
}

type Measured = Omit<FigureChange, 'ratio' | 'verdict'>

export function compareReports(before: BenchReport, after: BenchReport): Comparison {
  const unlike = unlikeMachines(before.machine, after.machine)
  const found: Measured[] = []
  for (const [a, b] of paired(before.scenarios, after.scenarios, ({ scenario }) => scenario, unlike)) {
    unlike.push(...unlikeKnobs(a, b))
    const rows = paired(a.rows, b.rows, (row) => `${a.scenario}, ${row.contender}, ${atText(row.at)}`, unlike)
    for (const [row, other] of rows) found.push(...figuresOf(a.scenario, row, other))
  }
  const far = changesBeyondNoise(found.map(({ name, ...figure }) => ({ name, before: figure.before.rounds, after: figure.after.rounds })))
  return { unlike, changes: found.map((one, index) => ({ ...one, ...judged(one, far[index]!) })) }
}

/** Those that both have; a sentence for each that only one has. */
function paired<T>(before: readonly T[], after: readonly T[], keyOf: (one: T) => string, unlike: string[]): [T, T][] {
  const others = new Map(after.map((one) => [keyOf(one), one]))
  const pairs = before.flatMap((one): [T, T][] => {
    const other = others.get(keyOf(one))
    if (other === undefined) unlike.push(`Only the first has ${keyOf(one)}.`)
    others.delete(keyOf(one))
    return other === undefined ? [] : [[one, other]]
  })
  for (const key of others.keys()) unlike.push(`Only the second has ${key}.`)
  return pairs
}

function unlikeMachines(before: Machine, after: Machine): string[] {
  const names = ['cpu', 'cores', 'node', 'os', 'affinity'] as const
  const differing = names.filter((name) => before[name] !== after[name])
  return differing.map((name) => `The machines differ: ${name} is ${before[name]} in the first and ${after[name]} in the second.`)
}

function unlikeKnobs(before: ScenarioResult, after: ScenarioResult): string[] {
  const names = [...new Set([...Object.keys(before.knobs), ...Object.keys(after.knobs)])]
  const differing = names.filter((name) => before.knobs[name] !== after.knobs[name])
  return differing.map(
    (name) =>
      `${before.scenario}: ${name} is ${before.knobs[name] ?? 'unset'} in the first and ${after.knobs[name] ?? 'unset'} in the second.`,
  )
}

function figuresOf(scenario: string, { contender, at, figures }: ResultRow, other: ResultRow): Measured[] {
  return Object.entries(figures).flatMap(([name, before]) => {
    const after = other.figures[name]
    return after === undefined ? [] : [{ scenario, contender, at, name, before, after }]
  })
}

function judged({ before, after }: Measured, isFar: boolean): Pick<FigureChange, 'ratio' | 'verdict'> {
  const ratio = medianOf(after.rounds) / medianOf(before.rounds)
  if (Math.min(before.rounds.length, after.rounds.length) < roundsMin) return { ratio, verdict: 'too few rounds' }
  if (!isFar) return { ratio, verdict: 'no change' }
  if (before.better === 'neither') return { ratio, verdict: 'changed' }
  return { ratio, verdict: ratio > 1 === (before.better === 'higher') ? 'better' : 'worse' }
}
