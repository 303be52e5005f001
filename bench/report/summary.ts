import type { Figure } from './result.js'

/** How the rounds of a figure are shown. A p99 is summarized like the rest: the median of the rounds' p99s. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** All are NaN where there are no rounds. */
export function summaryOf({ rounds }: Pick<Figure, 'rounds'>): Summary {
  if (rounds.length === 0) return { median: NaN, min: NaN, max: NaN }
  return { median: medianOf(rounds), min: Math.min(...rounds), max: Math.max(...rounds) }
}

/** The one in the middle, or the mean of the two there. NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const above = sorted[Math.floor(sorted.length / 2)] ?? NaN
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN
  return (below + above) / 2
}
