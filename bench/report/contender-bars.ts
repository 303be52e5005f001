import { figuresByPoint } from './figure-rows.js'
import { atText, capitalized, figureTitle, valueText } from './figure-text.js'
import { escapeHtml } from './html-text.js'
import type { Figure, ScenarioResult } from './result.js'
import { summaryOf } from './summary.js'

/** Contenders are set side by side by what a delivery, a record or an operation costs: the first of these that more than one of them has. */
const comparedFigures = [
  ...['deliveriesPerCpuSecond', 'recordsPerCpuSecond', 'nanosecondsPerOperation'],
  ...['cpuCores', 'latencyP99Ms', 'rssBytes'],
]

/** In units of the drawing; the page stretches it to its width. */
const barHeight = 22
const width = 440
const labelWidth = 80
const valueWidth = 90

/** A drawing of bars with least and most of the rounds as a whisker, a group for each point; empty where no two contenders have met. */
export function contenderBars({ rows }: ScenarioResult, contenders: readonly string[]): string {
  const groups = figuresByPoint(rows).flatMap(({ at, figures }) => {
    const met = figures.filter(({ of }) => of.length > 1)
    const name = comparedFigures.find((candidate) => met.some((figure) => figure.name === candidate))
    const figure = met.find((candidate) => candidate.name === name)
    return figure === undefined
      ? []
      : [{ title: [capitalized(figureTitle(figure.name)), atText(at)].filter(Boolean).join(', '), of: figure.of }]
  })
  return groups.map(({ title, of }) => `<h4>${escapeHtml(title)}</h4>\n${drawing(of, contenders)}`).join('\n')
}

function drawing(of: readonly (readonly [string, Figure])[], contenders: readonly string[]): string {
  const most = Math.max(...of.map(([, figure]) => summaryOf(figure).max))
  const scale = (value: number) => Math.max(1, (value / (most || 1)) * (width - labelWidth - valueWidth))
  const bars = of.map(([contender, figure], index) => bar(contender, figure, index, scale, contenders.indexOf(contender)))
  return `<svg class="bars" viewBox="0 0 ${width} ${of.length * barHeight}" role="img">${bars.join('')}</svg>`
}

function bar(contender: string, figure: Figure, index: number, scale: (value: number) => number, colour: number): string {
  const { median, min, max } = summaryOf(figure)
  const top = index * barHeight
  const middle = top + barHeight / 2
  const at = (value: number) => (labelWidth + scale(value)).toFixed(1)
  return [
    `<text x="${labelWidth - 8}" y="${middle}" class="label">${escapeHtml(contender)}</text>`,
    `<rect x="${labelWidth}" y="${top + 4}" width="${scale(median).toFixed(1)}" height="${barHeight - 8}" class="colour${colour % 6}"/>`,
    `<path d="M${at(min)} ${middle}H${at(max)}M${at(min)} ${middle - 4}v8M${at(max)} ${middle - 4}v8" class="whisker"/>`,
    `<text x="${(labelWidth + scale(max) + 8).toFixed(1)}" y="${middle}">${escapeHtml(valueText(median, figure.unit))}</text>`,
  ].join('')
}
