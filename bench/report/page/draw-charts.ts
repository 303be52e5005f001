// Runs in the page: draws each chart of the JSON into its place, again when the screen's width or its light changes.
import type uPlot from 'uplot'
import type { Chart, ChartAxis, ChartLine } from '../chart.js'

/** The chart library's own script, which runs before this one, defines it. */
declare const window: Window & typeof globalThis & { readonly uPlot: typeof uPlot }

const dashes: Readonly<Record<ChartLine['stroke'], number[]>> = { solid: [], dashed: [8, 5], dotted: [2, 4] }
const chartHeight = 280
/** As many as the style sheet has. */
const colours = 6
/** More of them in a line would hide it. Left to itself, the library also hides the only point of a line where other lines have many. */
const pointsMax = 60

const charts = JSON.parse(document.querySelector('#charts')?.textContent ?? '[]') as Chart[]
const places = [...document.querySelectorAll<HTMLElement>('.chart')]
let drawn: uPlot[] = []

drawAll()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
const resized = new ResizeObserver(() => {
  for (const [index, plot] of drawn.entries()) plot.setSize({ width: innerWidthOf(places[index]!), height: chartHeight })
})
for (const place of places) resized.observe(place)

function drawAll(): void {
  for (const plot of drawn) plot.destroy()
  drawn = charts.map((chart, index) => draw(chart, places[index]!))
}

function draw(chart: Chart, place: HTMLElement): uPlot {
  const options: uPlot.Options = {
    title: chart.title,
    width: innerWidthOf(place),
    height: chartHeight,
    // Lines of one contender have one colour: without this only those on the chart are told apart, not their names.
    legend: { markers: { dash: (_plot, index) => chart.lines[index - 1]?.stroke ?? 'solid' } },
    cursor: { drag: { x: false, y: false } },
    scales: { x: xScale(chart.x), y: { distr: distributionOf(chart.y) } },
    axes: [axisOf(chart.x), axisOf(chart.y)],
    series: [{ label: chart.x.label, value: (_plot, value: number | null) => valueText(value, chart.x) }, ...chart.lines.map(seriesOf)],
  }
  return new window.uPlot(options, dataOf(chart), place)
}

/** The points of all lines on one x, as the library wants them; where a line has no point, nothing. */
function dataOf({ lines }: Chart): uPlot.AlignedData {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b)
  const ys = lines.map(({ points }) => {
    const byX = new Map(points)
    return xs.map((x) => byX.get(x) ?? null)
  })
  return [xs, ...ys]
}

function seriesOf({ name, colour, stroke, points }: ChartLine): uPlot.Series {
  return {
    label: name,
    stroke: styleOf(`--colour${colour % colours}`),
    width: 2,
    dash: dashes[stroke],
    spanGaps: true,
    points: { show: points.length <= pointsMax, size: 6 },
    value: (_plot, value: number | null) => valueText(value),
  }
}

function xScale(axis: ChartAxis): uPlot.Scale {
  const { names } = axis
  const margin = 0.15
  return {
    time: false,
    distr: distributionOf(axis),
    ...(names !== undefined && { range: [-margin, names.length - 1 + margin] }),
  }
}

function distributionOf({ logarithmic }: ChartAxis): uPlot.Scale.Distr {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the library has this enumeration in its types only, not when it runs
  return logarithmic ? 3 : 1
}

function axisOf({ label, names, logarithmic }: ChartAxis): uPlot.Axis {
  const words = names === undefined ? {} : { splits: [...names.keys()], values: () => [...names] }
  return {
    label,
    labelSize: 22,
    stroke: styleOf('--faint'),
    grid: { stroke: styleOf('--line'), width: 1 },
    ticks: { stroke: styleOf('--line'), width: 1 },
    ...(names === undefined && {
      values: (_plot: uPlot, values: (number | null)[]) => values.map((value) => tickText(value, logarithmic)),
    }),
    ...words,
  }
}

/** On a logarithmic axis 1, 2 and 5 of each ten are told; the library leaves some of the others out by itself. */
function tickText(value: number | null, logarithmic: boolean): string {
  if (value === null) return ''
  const leading = Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9))
  return logarithmic && ![1, 2, 5].includes(leading) ? '' : valueText(value)
}

function valueText(value: number | null, { names }: Partial<ChartAxis> = {}): string {
  if (value === null) return ''
  return names?.[value] ?? value.toLocaleString('en-US', { maximumSignificantDigits: 3, notation: value >= 1e5 ? 'compact' : 'standard' })
}

function styleOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function innerWidthOf(place: HTMLElement): number {
  const { paddingLeft, paddingRight } = getComputedStyle(place)
  return place.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)
}
