import { atText } from '../report/figure-text.js'
import type { Figure, ResultRow, ScenarioResult } from '../report/result.js'
import { stallOf, stallText, timelineSeries, type Stall } from '../timeline/stall.js'
import { readingsOf } from './readings.js'
import type { Measured } from './measured.js'

/** One value of a figure. */
export interface Reading {
  readonly value: number
  readonly unit: string
  readonly better: Figure['better']
}

interface Row {
  readonly contender: string
  readonly at: ResultRow['at']
  readonly figures: Map<string, Figure & { rounds: number[] }>
  /** The rounds that were measured as a whole, and those of them that stalled. */
  measured: number
  readonly stalls: Stall[]
}

/** Collects the figures of all rounds, by contender and coordinates. */
export class RowBook {
  private readonly rows = new Map<string, Row>()

  add(contender: string, at: ResultRow['at'], readings: Readonly<Record<string, Reading>>): void {
    const { figures } = this.rowOf(contender, at)
    for (const [name, { value, unit, better }] of Object.entries(readings)) {
      // Less CPU time than one tick of the kernel: no figure can be made of it.
      if (!Number.isFinite(value)) continue
      const figure = figures.get(name)
      if (figure === undefined) figures.set(name, { unit, better, rounds: [value] })
      else figure.rounds.push(value)
    }
  }

  /** All of its figures, and whether one of its half seconds was far worse than the others. */
  addMeasured(contender: string, at: ResultRow['at'], measured: Measured): void {
    this.add(contender, at, readingsOf(measured))
    const row = this.rowOf(contender, at)
    row.measured++
    const stall = stallOf(measured.timeline)
    if (stall !== undefined) row.stalls.push(stall)
  }

  result(): ResultRow[] {
    return [...this.rows.values()].map(({ contender, at, figures }) => ({ contender, at, figures: Object.fromEntries(figures) }))
  }

  /** A sentence for each row with rounds that stalled, and the half seconds of the worst of all. Nothing where none did. */
  stalls(): Pick<ScenarioResult, 'notes' | 'series'> {
    const stalled = [...this.rows.values()].filter(({ stalls }) => stalls.length > 0)
    const worst = stalled.toSorted((one, other) => latencyOf(worstOf(other)) - latencyOf(worstOf(one)))[0]
    if (worst === undefined) return {}
    return { notes: stalled.map(noteOf), series: timelineSeries(worst.contender, worstOf(worst).timeline) }
  }

  private rowOf(contender: string, at: ResultRow['at']): Row {
    const key = JSON.stringify([contender, at])
    const row = this.rows.get(key) ?? { contender, at, figures: new Map(), measured: 0, stalls: [] }
    this.rows.set(key, row)
    return row
  }
}

function noteOf(row: Row): string {
  const { contender, at, stalls, measured } = row
  return `${contender} at ${atText(at)} stalled in ${stalls.length} of ${measured} rounds; in the worst, ${stallText(worstOf(row))}`
}

function worstOf({ stalls }: Row): Stall {
  return stalls.toSorted((one, other) => latencyOf(other) - latencyOf(one))[0]!
}

function latencyOf({ worst }: Stall): number {
  return worst.latencyMs
}
