// Enter two reports; leaves what changed between them, figure by figure. What only one of them has is said, never skipped.
import { changesBeyondNoise, roundsMin } from './noise.js'
import { pairScenarios, type FigurePair, type RowPair, type ScenarioPair } from './pairing.js'
import type { BenchReport } from './result.js'
import { medianOf } from './summary.js'

/** `changed` is beyond the noise, of a figure that is neither better high nor low. */
export type Verdict = 'better' | 'worse' | 'changed' | 'no change' | 'too few rounds'

export interface FigureChange extends FigurePair {
  /** Of the medians, after by before; null where before is 0, so that there is none. */
  readonly ratio: number | null
  readonly verdict: Verdict
}

export interface RowChange extends RowPair {
  readonly figures: readonly FigureChange[]
}

export interface ScenarioChange extends ScenarioPair {
  readonly rows: readonly RowChange[]
}

export interface Comparison {
  /** Sentences on what casts doubt on all of it, such as another machine. */
  readonly unlike: readonly string[]
  readonly scenarios: readonly ScenarioChange[]
}

export function compareReports(before: BenchReport, after: BenchReport): Comparison {
  const { scenarios, unlike } = pairScenarios(before, after)
  const pairs = scenarios.flatMap(({ rows }) => rows.flatMap(({ figures }) => figures))
  const far = changesBeyondNoise(pairs.map(({ name, before, after }) => ({ name, before: before.rounds, after: after.rounds })))
  const isFar = new Set(pairs.filter((_pair, index) => far[index]))
  const changeOf = (pair: FigurePair): FigureChange => ({ ...pair, ...judged(pair, isFar.has(pair)) })
  const changed = scenarios.map((scenario) => ({
    ...scenario,
    rows: scenario.rows.map((row) => ({ ...row, figures: row.figures.map(changeOf) })),
  }))
  return { unlike, scenarios: changed }
}

function judged({ before, after }: FigurePair, isFar: boolean): Pick<FigureChange, 'ratio' | 'verdict'> {
  const [a, b] = [medianOf(before.rounds), medianOf(after.rounds)]
  const ratio = a === 0 ? null : b / a
  if (Math.min(before.rounds.length, after.rounds.length) < roundsMin) return { ratio, verdict: 'too few rounds' }
  if (!isFar) return { ratio, verdict: 'no change' }
  if (after.better === 'neither') return { ratio, verdict: 'changed' }
  return { ratio, verdict: b > a === (after.better === 'higher') ? 'better' : 'worse' }
}
