/** Upper bounds in milliseconds: close to each other where a stream is when all is well. */
export const latencyBoundsMs = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000, 2000, 5000, 10_000] as const

/** How long something took, each time: a count for each bucket. */
export class LatencyHistogram {
  /** One more than the bounds: the last one is what was slower. */
  private readonly counts = new Array<number>(latencyBoundsMs.length + 1).fill(0)
  private sumMs = 0

  /** Since a record's Kafka timestamp, unless told otherwise. */
  observe(measuredMs: number): void {
    // Kafka's clock may be ahead of ours, and a histogram's sum must not fall.
    const ms = Math.max(0, measuredMs)
    let bucket = 0
    while (bucket < latencyBoundsMs.length && ms > latencyBoundsMs[bucket]!) bucket++
    this.counts[bucket]!++
    this.sumMs += ms
  }

  /**
   * As Prometheus reads it: in seconds, each bucket with those before it. Written here, as prom-client's histogram takes single
   * observations only.
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
