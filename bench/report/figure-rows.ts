import type { Figure, ResultRow } from './result.js'

/** Rows of a scenario that were measured at the same point, figure by figure, so that contenders stand side by side. */
export interface FiguresAt {
  readonly at: ResultRow['at']
  readonly figures: readonly { readonly name: string; readonly of: readonly (readonly [contender: string, figure: Figure])[] }[]
}

export function figuresByPoint(rows: readonly ResultRow[]): FiguresAt[] {
  const points = new Map<string, ResultRow[]>()
  for (const row of rows) points.set(JSON.stringify(row.at), [...(points.get(JSON.stringify(row.at)) ?? []), row])
  return [...points.values()].map((alike) => ({ at: alike[0]!.at, figures: figuresOf(alike) }))
}

function figuresOf(rows: readonly ResultRow[]): FiguresAt['figures'] {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  return names.map((name) => ({
    name,
    of: rows.flatMap(({ contender, figures }) => (figures[name] === undefined ? [] : [[contender, figures[name]] as const])),
  }))
}
