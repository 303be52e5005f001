/** Upper bounds in milliseconds. They lie close together in the range of a healthy stream. */
export const latencyBoundsMs = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000, 2000, 5000, 10_000] as const

/** Counts durations by bucket. */
export class LatencyHistogram {
  /** There is one more bucket than bounds: the last one counts all that took longer. */
  private readonly counts = new Array<number>(latencyBoundsMs.length + 1).fill(0)
  private sumMs = 0

  observe(measuredMs: number): void {
    // A time since a Kafka timestamp is negative where Kafka's clock is ahead, and a histogram's sum must not fall.
    const ms = Math.max(0, measuredMs)
    let bucket = 0
    while (bucket < latencyBoundsMs.length && ms > latencyBoundsMs[bucket]!) bucket++
    this.counts[bucket]!++
    this.sumMs += ms
  }

  /** How many took so long, by bucket, since the start. */
  bucketCounts(): readonly number[] {
    return [...this.counts]
  }

  /** All that these have counted, in one. */
  static sumOf(histograms: Iterable<LatencyHistogram>): LatencyHistogram {
    const sum = new LatencyHistogram()
    for (const { counts, sumMs } of histograms) {
      for (const [bucket, count] of counts.entries()) sum.counts[bucket]! += count
      sum.sumMs += sumMs
    }
    return sum
  }

  /**
   * The samples that Prometheus reads: in seconds, each bucket added to those before it. They are written here, as prom-client's histogram
   * only takes single observations.
   * @param labels as `name="value"`; none unless told.
   */
  samples(name: string, labels = ''): string[] {
    let count = 0
    const first = labels === '' ? '' : `${labels},`
    const buckets = this.counts.map((inBucket, index) => {
      const boundMs = latencyBoundsMs[index]
      return `${name}_bucket{${first}le="${boundMs === undefined ? '+Inf' : boundMs / 1000}"} ${(count += inBucket)}`
    })
    const all = labels === '' ? '' : `{${labels}}`
    return [...buckets, `${name}_sum${all} ${this.sumMs / 1000}`, `${name}_count${all} ${count}`]
  }
}

/**
 * The duration that this share of them did not exceed, in milliseconds, as if they lay evenly in their buckets; undefined of none. What took
 * longer than the last bound counts as that.
 */
export function quantileMs(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let wanted = share * total
  for (const [bucket, count] of counts.entries()) {
    if (count >= wanted && count > 0) {
      const [from, to] = [latencyBoundsMs[bucket - 1] ?? 0, latencyBoundsMs[bucket] ?? latencyBoundsMs.at(-1)!]
      return from + (Math.max(0, wanted) / count) * (to - from)
    }
    wanted -= count
  }
  return undefined
}
