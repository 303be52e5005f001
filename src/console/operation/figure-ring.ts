import type { Clock } from '#clock.js'
import { type FigureName, figures, latencies, type LatencyName } from '#gateway/observe/figures.js'
import { quantileMs } from '#gateway/observe/latency-histogram.js'
import type { Meter } from '#gateway/observe/meter.js'
import type { SampleColumns } from '../operation-answers.js'

/** A sample: figures by their names, and beside them when it was, and how long things took in the second before. */
type Sample = Readonly<Record<string, number | null>>

const everyMs = 1000
/** Ten minutes. */
const samplesMax = 600
const minuteSamples = 60

const names = Object.keys(figures) as FigureName[]
const latencyNames = Object.keys(latencies) as LatencyName[]

/** By latency: how often each duration was, since the start. */
type Durations = Readonly<Record<LatencyName, readonly number[]>>

/** The figures of the last ten minutes, one sample a second, whoever looks. A sample takes some 20 µs with a hundred partitions. */
export class FigureRing {
  private readonly samples: Sample[] = []
  /** How many there were before those that are kept. */
  private forgotten = 0
  /** One for each sample. */
  private readonly durations: Durations[] = []

  /** Begins at once. */
  constructor(
    private readonly meter: Meter,
    private readonly clock: Clock,
  ) {
    this.sample()
  }

  /** The number of the next one. */
  get next(): number {
    return this.forgotten + this.samples.length
  }

  /** From the sample with this number on. Who knows of samples that are not there yet has them of another process, and is told all. */
  since(number: number): SampleColumns {
    const from = number > this.next ? 0 : Math.max(0, number - this.forgotten)
    const wanted = this.samples.slice(from)
    return Object.fromEntries(Object.keys(this.samples[0]!).map((name) => [name, wanted.map((sample) => sample[name]!)]))
  }

  now(figure: FigureName): number {
    return this.samples.at(-1)![figure]!
  }

  /** By how much it grew in this time, or since the first sample. */
  grown(figure: FigureName, minutes: number): number {
    return this.now(figure) - before(this.samples, minutes * minuteSamples)[figure]!
  }

  /** What the slowest in a hundred took in this time; undefined where there was none. */
  slowestMs(latency: LatencyName, minutes: number): number | undefined {
    return quantileMs(between(before(this.durations, minutes * minuteSamples)[latency], this.durations.at(-1)![latency]), 0.99)
  }

  private sample(): void {
    const { meter, clock } = this
    const its: Record<string, number | null> = { at_ms: Math.round(clock.monotonicMs()) }
    for (const name of names) its[name] = figures[name].read(meter)
    this.durations.push(durationsOf(meter))
    Object.assign(its, this.latencyNow())
    if (this.samples.push(its) > samplesMax) {
      this.samples.shift()
      this.durations.shift()
      this.forgotten++
    }
    clock.after(everyMs, () => this.sample())
  }

  /** Of what took place since the sample before. */
  private latencyNow(): Sample {
    const its: Record<string, number | null> = {}
    for (const name of latencyNames) {
      const since = between(this.durations.at(-2)?.[name], this.durations.at(-1)![name])
      its[`${name}_p50_ms`] = quantileMs(since, 0.5) ?? null
      its[`${name}_p99_ms`] = quantileMs(since, 0.99) ?? null
    }
    return its
  }
}

function durationsOf(meter: Meter): Durations {
  return { read: latencies.read.read(meter).bucketCounts(), delivery: latencies.delivery.read(meter).bucketCounts() }
}

/** The one so many before the last, or the first. */
function before<T>(kept: readonly T[], count: number): T {
  return kept.at(-1 - count) ?? kept[0]!
}

function between(from: readonly number[] | undefined, until: readonly number[]): number[] {
  return until.map((count, bucket) => count - (from?.[bucket] ?? 0))
}
