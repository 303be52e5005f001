import type { Figure, ResultRow } from './result.js'
import { summaryOf } from './summary.js'

/** `latencyP999Ms` reads `latency p99.9`: the unit stands beside the value. */
export function figureTitle(name: string): string {
  return name
    .replace(/(Ms|Us|Bytes)$/, '')
    .replace(/P(\d\d)(\d+)/, 'P$1.$2')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/\bcpu\b/, 'CPU')
    .replace(/\brss\b/, 'RSS')
}

export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** `{ rate: 20000, burst: 10 }` reads `rate 20,000, burst 10`. */
export function atText(at: ResultRow['at']): string {
  const texts = Object.entries(at).map(([name, value]) => `${figureTitle(name)} ${typeof value === 'number' ? numberText(value) : value}`)
  return texts.join(', ')
}

/** With as many digits as five rounds deserve: `1.42 M/s`, `0.483 cores`, `12.6 ms`, `2.9 kB`. */
export function valueText(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'none'
  const prefix = prefixes.find(({ from, units }) => Math.abs(value) >= from && (units === undefined || units.includes(unit)))
  const number = numberText(value / (prefix?.from ?? 1))
  const written = (prefix?.sign ?? '') + (unit === '1/s' ? '/s' : unit)
  return written.startsWith('/') ? number + written : `${number} ${written}`.trim()
}

/** Median, minimum and maximum. */
export function summaryCells(figure: Figure): string[] {
  const { median, min, max } = summaryOf(figure)
  return [median, min, max].map((value) => valueText(value, figure.unit))
}

/** Thousands of bytes have a name that all know; thousands of anything else are read as they are written. */
const prefixes: readonly { readonly from: number; readonly sign: string; readonly units?: readonly string[] }[] = [
  { from: 1e9, sign: 'G', units: ['B', 'B/s', '1/s'] },
  { from: 1e6, sign: 'M', units: ['B', 'B/s', '1/s'] },
  { from: 1e3, sign: 'k', units: ['B', 'B/s'] },
]

function numberText(value: number): string {
  // What remains of a difference of equal numbers is an error of its last digit.
  if (Math.abs(value) < 1e-9) return '0'
  return value.toLocaleString('en-US', Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })
}
