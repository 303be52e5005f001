import type { Clock } from '#clock.js'
import { LatencyHistogram } from './latency-histogram.js'

/** Counts what a server is asked, and how it answers. */
export class CallCounts {
  requests = 0
  failures = 0
  readonly latency = new LatencyHistogram()

  constructor(private readonly clock: Clock) {}

  /** @param isFailure whether what it rejects with means that the server failed; always, unless told. */
  async count<T>(answer: Promise<T>, isFailure: (error: unknown) => boolean = () => true): Promise<T> {
    this.requests++
    const askedAtMs = this.clock.monotonicMs()
    try {
      return await answer
    } catch (error) {
      if (isFailure(error)) this.failures++
      throw error
    } finally {
      this.latency.observe(this.clock.monotonicMs() - askedAtMs)
    }
  }
}
