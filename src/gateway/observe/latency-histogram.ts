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

  /**
   * The text that Prometheus reads: in seconds, each bucket added to those before it. It is written here, as prom-client's histogram only
   * takes single observations.
   */
  text(name: string, help: string): string {
    let count = 0
    const buckets = this.counts.map((inBucket, index) => {
      const boundMs = latencyBoundsMs[index]
      return `${name}_bucket{le="${boundMs === undefined ? '+Inf' : boundMs / 1000}"} ${(count += inBucket)}`
    })
    const totals = [`${name}_sum ${this.sumMs / 1000}`, `${name}_count ${count}`]
    return ['', `# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...buckets, ...totals, ''].join('\n')
  }
}
