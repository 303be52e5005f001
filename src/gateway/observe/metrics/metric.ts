import type { LatencyHistogram } from '../latency-histogram.js'
import type { Meter } from '../meter.js'

// Metrics as data, of which the metrics page and its manual are made. A name ends with its unit, of a counter followed by `_total`.

/** The values of the labels, and the number. */
type Sample = readonly [values: readonly string[], number: number]

interface Described {
  readonly help: string
  /** Their values are configured, or of a table in the code, so that their number has a limit. */
  readonly labels: readonly string[]
}

export interface NumberMetric extends Described {
  readonly type: 'gauge' | 'counter'
  readonly read: (meter: Meter) => Iterable<Sample>
  /** The page shows it only to who asks for it, as there may be ten thousand. */
  readonly isOnRequest: boolean
}

export interface HistogramMetric extends Described {
  readonly type: 'histogram'
  readonly read: (meter: Meter) => Iterable<readonly [values: readonly string[], durations: LatencyHistogram]>
}

export type Metric = NumberMetric | HistogramMetric

export function gauge(help: string, read: (meter: Meter) => number): NumberMetric {
  return { type: 'gauge', help, labels: [], isOnRequest: false, read: (meter) => [[[], read(meter)]] }
}

export function counter(help: string, read: (meter: Meter) => number): NumberMetric {
  return { ...gauge(help, read), type: 'counter' }
}

export function gaugeBy(labels: readonly string[], help: string, read: NumberMetric['read']): NumberMetric {
  return { type: 'gauge', help, labels, isOnRequest: false, read }
}

/** @param known values that stand at 0 before they happen, as a rate needs a number before the first one. */
export function counterBy(
  label: string,
  known: readonly string[],
  help: string,
  read: (meter: Meter) => Iterable<readonly [string, number]>,
): NumberMetric {
  const all = (meter: Meter) => new Map([...known.map((value) => [value, 0] as const), ...read(meter)])
  return {
    type: 'counter',
    help,
    labels: [label],
    isOnRequest: false,
    read: (meter) => Array.from(all(meter), ([value, n]) => [[value], n]),
  }
}

export function histogram(help: string, read: (meter: Meter) => LatencyHistogram): HistogramMetric {
  return { type: 'histogram', help, labels: [], read: (meter) => [[[], read(meter)]] }
}

export function histogramBy(
  label: string,
  help: string,
  read: (meter: Meter) => Iterable<readonly [string, LatencyHistogram]>,
): HistogramMetric {
  return {
    type: 'histogram',
    help,
    labels: [label],
    read: (meter) => Array.from(read(meter), ([value, durations]) => [[value], durations]),
  }
}
