import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'
import { dueMs, type Schedule } from '../workload/schedule.js'

/** Up to two minutes, in microseconds, to three digits. */
const range = { lowestDiscernibleValue: 1, highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 } as const

/** Latencies of deliveries, from when each event was due. */
export class LatencyRecorder {
  private histogram = build(range)
  private schedule: Schedule | undefined
  private due = 0
  private deliveries = 0

  begin(schedule: Schedule): void {
    this.histogram = build(range)
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
    this.histogram.recordValueWithCount(Math.min(latency, range.highestTrackableValue), this.deliveries)
    this.deliveries = 0
  }

  /** To be sent to another process. */
  encoded(): string {
    return encodeIntoCompressedBase64(this.histogram)
  }
}

/** In milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** Of the deliveries of all load processes together. */
export function latencyOf(encoded: readonly string[]): Latency {
  const all: Histogram = build(range)
  for (const one of encoded) all.add(decodeFromCompressedBase64(one))
  const at = (percentile: number) => all.getValueAtPercentile(percentile) / 1000
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: all.maxValue / 1000 }
}
