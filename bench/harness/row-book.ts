import type { Figure, ResultRow } from '../report/result.js'

/** One value of a figure. */
export interface Reading {
  readonly value: number
  readonly unit: string
  readonly better: Figure['better']
}

/** Collects the figures of all rounds, by contender and coordinates. */
export class RowBook {
  private readonly rows = new Map<string, { contender: string; at: ResultRow['at']; figures: Map<string, Figure & { rounds: number[] }> }>()

  add(contender: string, at: ResultRow['at'], readings: Readonly<Record<string, Reading>>): void {
    const key = JSON.stringify([contender, at])
    let row = this.rows.get(key)
    if (row === undefined) this.rows.set(key, (row = { contender, at, figures: new Map() }))
    for (const [name, { value, unit, better }] of Object.entries(readings)) {
      // Less CPU time than one tick of the kernel: no figure can be made of it.
      if (!Number.isFinite(value)) continue
      const figure = row.figures.get(name)
      if (figure === undefined) row.figures.set(name, { unit, better, rounds: [value] })
      else figure.rounds.push(value)
    }
  }

  result(): ResultRow[] {
    return [...this.rows.values()].map(({ contender, at, figures }) => ({ contender, at, figures: Object.fromEntries(figures) }))
  }
}
