// Enters a scenario of a report, and the same one of an earlier report if there is one; leave the charts that its rows and series allow.
import type { Chart, ChartAxis, ChartLine } from './chart.js'
import { atText, capitalized, figureTitle } from './figure-text.js'
import type { ResultRow, ScenarioResult } from './result.js'
import { medianOf } from './summary.js'

/** What a chart shows against what. */
interface Relation {
  readonly title: string
  readonly scenario: string
  /** Coordinates or figures: the first of these that a row has. */
  readonly x: readonly string[]
  /** Coordinates that change along a line. Where another one differs, it is another line. */
  readonly along: readonly string[]
  readonly xAxis: ChartAxis
  readonly yAxis: ChartAxis
  readonly y: (row: ResultRow) => number
}

const relations: readonly Relation[] = [
  {
    ...{
      title: 'p99 against load',
      scenario: 'latency',
      x: ['rate', 'eventsPerSecond', 'deliveriesPerSecond'],
      along: ['rate', 'eventsPerSecond'],
    },
    ...{ xAxis: { label: 'rate, 1/s', logarithmic: false }, yAxis: { label: 'latency p99, ms', logarithmic: true } },
    y: (row) => medianFigure(row, 'latencyP99Ms'),
  },
  {
    ...{ title: 'Cost against audiences', scenario: 'rights', x: ['audiences'], along: ['audiences'] },
    ...{ xAxis: { label: 'audiences', logarithmic: true }, yAxis: { label: 'CPU a delivery, µs', logarithmic: true } },
    y: microsecondsPerDelivery,
  },
  {
    ...{
      title: 'Cost against frames per write',
      scenario: 'fan-out',
      x: ['framesPerWrite'],
      along: ['framesPerWrite', 'burst', 'eventsPerSecond'],
    },
    ...{ xAxis: { label: 'frames per write', logarithmic: true }, yAxis: { label: 'CPU a delivery, µs', logarithmic: true } },
    y: microsecondsPerDelivery,
  },
]

const percentiles = ['latencyP50Ms', 'latencyP90Ms', 'latencyP99Ms', 'latencyP999Ms', 'latencyMaxMs']
const percentileAxis: ChartAxis = { label: 'percentile', logarithmic: false, names: ['p50', 'p90', 'p99', 'p99.9', 'max'] }

/** @param contenders of the whole report, so that each keeps its colour throughout. */
export function chartsOf(result: ScenarioResult, before: ScenarioResult | undefined, contenders: readonly string[]): Chart[] {
  const charts = [
    ...relations
      .filter(({ scenario }) => scenario === result.scenario)
      .map((relation) => relationChart(relation, result, before, contenders)),
    percentileChart(result, before, contenders),
    ...seriesCharts(result, before, contenders),
  ]
  return charts.filter(({ lines }) => lines.length > 0)
}

function relationChart(
  relation: Relation,
  result: ScenarioResult,
  before: ScenarioResult | undefined,
  contenders: readonly string[],
): Chart {
  const varying = new Set([...namesThatVary(result.rows)].filter((name) => !relation.along.includes(name)))
  const linesOf = (rows: readonly ResultRow[], suffix: string, stroke: ChartLine['stroke']): ChartLine[] => {
    const lines = new Map<string, ResultRow[]>()
    for (const row of rows) lines.set(lineName(row, varying), [...(lines.get(lineName(row, varying)) ?? []), row])
    return [...lines].map(([name, of]) => {
      const points = of.map((row) => [xOf(row, relation.x), relation.y(row)] as const)
      const drawable = points.filter(([x, y]) => isDrawable(x, relation.xAxis) && isDrawable(y, relation.yAxis))
      const colour = Math.max(0, contenders.indexOf(of[0]!.contender))
      return { name: name + suffix, colour, stroke, points: drawable.sort(([a], [b]) => a - b) }
    })
  }
  const lines = [...linesOf(result.rows, '', 'solid'), ...linesOf(before?.rows ?? [], ' before', 'dotted')]
  const { title, xAxis, yAxis } = relation
  // A single point is no relation, and stands in the table; beside another's line it is worth its dot.
  const isRelation = lines.some(({ points }) => points.length > 1)
  return { title, x: xAxis, y: yAxis, lines: isRelation ? lines.filter(({ points }) => points.length > 0) : [] }
}

function percentileChart(result: ScenarioResult, before: ScenarioResult | undefined, contenders: readonly string[]): Chart {
  const varying = namesThatVary(result.rows)
  const linesOf = (rows: readonly ResultRow[], suffix: string, strokes: readonly ChartLine['stroke'][]) =>
    contenders.flatMap((contender, colour) =>
      endsOf(rows.filter((row) => row.contender === contender && percentilePoints(row).length > 1)).map((row, index): ChartLine => {
        return { name: lineName(row, varying) + suffix, colour, stroke: strokes[index]!, points: percentilePoints(row) }
      }),
    )
  // Of the earlier run only the first contender, which is the one that changes: the others' lines would hide it.
  const earlier = before?.rows.filter(({ contender }) => contender === contenders[0]) ?? []
  const lines = [...linesOf(result.rows, '', ['solid', 'dashed']), ...linesOf(earlier, ' before', ['dotted', 'dotted'])]
  return { title: 'Latency by percentile', x: percentileAxis, y: { label: 'latency, ms', logarithmic: true }, lines }
}

/** A contender, and those of its coordinates that tell one line from another. */
function lineName({ contender, at }: ResultRow, varying: ReadonlySet<string>): string {
  const telling = Object.fromEntries(Object.entries(at).filter(([name]) => varying.has(name)))
  return [contender, atText(telling)].filter((text) => text !== '').join(', ')
}

/** Coordinates that are the same everywhere tell no line from another. */
function namesThatVary(rows: readonly ResultRow[]): Set<string> {
  const names = new Set(rows.flatMap(({ at }) => Object.keys(at)))
  return new Set([...names].filter((name) => new Set(rows.map(({ at }) => at[name])).size > 1))
}

/** Of many points the first and the last: all of them would be a thicket, and they are in the table. */
function endsOf(rows: readonly ResultRow[]): ResultRow[] {
  return rows.length > 2 ? [rows[0]!, rows.at(-1)!] : [...rows]
}

function percentilePoints(row: ResultRow): (readonly [number, number])[] {
  return percentiles.map((name, index) => [index, medianFigure(row, name)] as const).filter(([, latency]) => latency > 0)
}

/** Series of one name share a chart, such as the soak's memory of each contender. */
function seriesCharts(result: ScenarioResult, before: ScenarioResult | undefined, contenders: readonly string[]): Chart[] {
  const series = result.series ?? []
  return [...new Set(series.map(({ name }) => name))].map((name) => {
    const linesOf = (of: typeof series, suffix: string, stroke: ChartLine['stroke']) =>
      of
        .filter((one) => one.name === name)
        .map(({ contender, unit, points }): ChartLine => {
          const scaled = points.map(([x, y]) => [x, unit === 'B' ? y / 1e6 : y] as const)
          return { name: contender + suffix, colour: Math.max(0, contenders.indexOf(contender)), stroke, points: scaled }
        })
    const unit = series.find((one) => one.name === name)!.unit
    const title = capitalized(figureTitle(name))
    return {
      title: `${title} over time`,
      ...{ x: { label: 'seconds', logarithmic: false }, y: { label: `${title}, ${unit === 'B' ? 'MB' : unit}`, logarithmic: false } },
      lines: [...linesOf(series, '', 'solid'), ...linesOf(before?.series ?? [], ' before', 'dotted')],
    }
  })
}

function xOf(row: ResultRow, names: readonly string[]): number {
  const values = names.map((name) => Number(row.at[name] ?? medianFigure(row, name)))
  return values.find((value) => !Number.isNaN(value)) ?? NaN
}

function microsecondsPerDelivery(row: ResultRow): number {
  return 1e6 / medianFigure(row, 'deliveriesPerCpuSecond')
}

function medianFigure(row: ResultRow, name: string): number {
  return medianOf(row.figures[name]?.rounds ?? [])
}

function isDrawable(value: number, { logarithmic }: ChartAxis): boolean {
  return Number.isFinite(value) && (!logarithmic || value > 0)
}
