import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'
import { halfSecondOf } from '../timeline/half-seconds.js'
import { dueMs, type Schedule } from '../workload/schedule.js'

/** Up to two minutes, in microseconds, to three digits. */
const range = { lowestDiscernibleValue: 1, highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 } as const

/** Latencies of deliveries, from when each event was due, by the half second in which it was due. */
export class LatencyRecorder {
  private histograms: (Histogram | undefined)[] = []
  private schedule: Schedule | undefined
  private due = 0
  private deliveries = 0

  begin(schedule: Schedule): void {
    this.histograms = []
    this.schedule = schedule
    this.deliveries = 0
  }

  /** Deliveries of events that were due at the same time are counted together: recording each costs as much as reading it. */
  note(sequence: number, nowMs: number): void {
    if (this.schedule === undefined) return
    const due = dueMs(this.schedule, sequence)
    if (due !== this.due) this.flush(nowMs)
    this.due = due
    this.deliveries++
  }

  /** At the end of what has arrived at one moment. */
  flush(nowMs: number): void {
    if (this.deliveries === 0) return
    const latency = Math.max(1, Math.round((nowMs - this.due) * 1000))
    const histogram = (this.histograms[halfSecondOf(this.schedule!, this.due)] ??= build(range))
    histogram.recordValueWithCount(Math.min(latency, range.highestTrackableValue), this.deliveries)
    this.deliveries = 0
  }

  /** By half second, to be sent to another process; empty where nothing that was due in it has arrived. */
  encoded(): string[] {
    return Array.from(this.histograms, (histogram) => (histogram === undefined ? '' : encodeIntoCompressedBase64(histogram)))
  }
}

/** In milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  /** The p99 of what was due in each half second; undefined where nothing of it has arrived. */
  readonly halfSecondP99s: readonly (number | undefined)[]
}

/** Of the deliveries of all load processes together, by half second as they have encoded them. */
export function latencyOf(encoded: readonly (readonly string[])[]): Latency {
  const all: Histogram = build(range)
  const halfSeconds = Array.from({ length: Math.max(0, ...encoded.map(({ length }) => length)) }, (_none, nth) => {
    const ofOne = encoded.flatMap((histograms) => (histograms[nth] ? [decodeFromCompressedBase64(histograms[nth])] : []))
    const [first, ...others] = ofOne
    for (const other of others) first!.add(other)
    if (first !== undefined) all.add(first)
    return first
  })
  const at = (percentile: number) => all.getValueAtPercentile(percentile) / 1000
  const halfSecondP99s = halfSeconds.map((histogram) => histogram && histogram.getValueAtPercentile(99) / 1000)
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: all.maxValue / 1000, halfSecondP99s }
}
