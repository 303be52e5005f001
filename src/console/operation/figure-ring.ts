import type { Clock } from '#clock.js'
import { type FigureName, figures, latencies } from '#gateway/observe/figures.js'
import { quantileMs } from '#gateway/observe/latency-histogram.js'
import type { Meter } from '#gateway/observe/meter.js'
import type { SampleColumns } from '../operation-answers.js'

/** A sample: figures by their names, and beside them when it was, and how long things took in the second before. */
type Sample = Readonly<Record<string, number | null>>

const everyMs = 1000
/** Ten minutes. */
const samplesMax = 600
/** By which things that happen are counted. */
const minuteSamples = 60

const names = Object.keys(figures) as FigureName[]

/** The figures of the last ten minutes, one sample a second, whoever looks. A sample takes some 20 µs with a hundred partitions. */
export class FigureRing {
  private readonly samples: Sample[] = []
  /** How many there were before those that are kept. */
  private forgotten = 0
  private bucketsBefore: Readonly<Record<string, readonly number[]>> = {}

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

  /** By how much it grew in the last minute, or since the first sample. */
  grownInMinute(figure: FigureName): number {
    const before = this.samples.at(-1 - minuteSamples) ?? this.samples[0]!
    return this.now(figure) - before[figure]!
  }

  private sample(): void {
    const { meter, clock } = this
    const its: Record<string, number | null> = { at_ms: Math.round(clock.monotonicMs()) }
    for (const name of names) its[name] = figures[name].read(meter)
    Object.assign(its, this.latencyNow())
    if (this.samples.push(its) > samplesMax) {
      this.samples.shift()
      this.forgotten++
    }
    clock.after(everyMs, () => this.sample())
  }

  /** Of what took place since the sample before. */
  private latencyNow(): Sample {
    const its: Record<string, number | null> = {}
    const buckets: Record<string, readonly number[]> = {}
    for (const [name, histogram] of Object.entries(latencies)) {
      const counts = (buckets[name] = histogram(this.meter).bucketCounts())
      const since = counts.map((count, bucket) => count - (this.bucketsBefore[name]?.[bucket] ?? 0))
      its[`${name}_p50_ms`] = quantileMs(since, 0.5) ?? null
      its[`${name}_p99_ms`] = quantileMs(since, 0.99) ?? null
    }
    this.bucketsBefore = buckets
    return its
  }
}
