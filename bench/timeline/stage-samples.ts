import type { RunningServer, ServerCounts } from '../contenders/contender.js'
import { monotonicMs } from '../harness/monotonic.js'
import { percentileOf } from '../harness/readings.js'
import { countsBetween } from '../harness/server-counts.js'
import { halfSecondMs, type StageSample } from './half-seconds.js'

/** Asks a server every half second how long reading and writing have taken: its page of metrics costs it 2 ms of CPU each time. */
export class StageSamples {
  private readonly samples: StageSample[] = []
  private readonly timer = setInterval(() => void (this.sampling ??= this.sample()), halfSecondMs)
  private sampling: Promise<void> | undefined
  private fromMs = monotonicMs()

  constructor(
    private readonly server: Pick<RunningServer, 'counts'>,
    private counts: ServerCounts,
  ) {}

  /** None of a server that does not count them. */
  async end(): Promise<readonly StageSample[]> {
    clearInterval(this.timer)
    await this.sampling
    return this.samples
  }

  /** Never rejects: where the server is gone, the trial says so. */
  private async sample(): Promise<void> {
    try {
      const before = this.counts
      this.counts = await this.server.counts()
      const { recordToRead, recordToWrite } = countsBetween(before, this.counts)
      const [fromMs, untilMs] = [this.fromMs, monotonicMs()]
      if (recordToRead === undefined || recordToWrite === undefined) return
      this.fromMs = untilMs
      this.samples.push({
        fromMs,
        untilMs,
        readMs: 1000 * percentileOf(recordToRead, 0.99),
        writeMs: 1000 * percentileOf(recordToWrite, 0.99),
      })
    } catch {
      clearInterval(this.timer)
    } finally {
      this.sampling = undefined
    }
  }
}
