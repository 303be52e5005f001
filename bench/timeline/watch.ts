import type { RunningServer, ServerCounts } from '../contenders/contender.js'
import { monotonicMs } from '../harness/monotonic.js'
import { waitedMsOf } from '../harness/process-usage.js'
import { percentileOf } from '../harness/readings.js'
import { countsBetween } from '../harness/server-counts.js'
import type { Fed } from '../feed/event-log.js'
import type { Received } from '../harness/clients.js'
import type { Schedule } from '../workload/schedule.js'
import { halfSecondMs, type StageSample, type Watched } from './half-seconds.js'
import type { Standstill } from './standstills.js'

/** Between two looks at how long processes were ready and had no core, in milliseconds. */
const lookMs = 100
const waitMsMin = 5

export type WatchedProcesses = readonly { readonly who: string; readonly pid: number }[]

/** What can be seen from outside of the processes of a trial while it is measured. */
export class Watch {
  private readonly waits = new Map<string, Standstill[]>()
  private readonly stages: StageSample[] = []
  private readonly waitedMs = new Map<number, number>()
  private readonly timers: readonly NodeJS.Timeout[]
  private lookedAtMs = monotonicMs()
  private sampledAtMs = monotonicMs()
  private sampling: Promise<void> | undefined

  constructor(
    private readonly server: RunningServer,
    private readonly processes: WatchedProcesses,
    private counts: ServerCounts,
  ) {
    for (const { who, pid } of processes) {
      this.waits.set(who, [])
      this.waitedMs.set(pid, waitedMsOf(pid))
    }
    const sample = () => void (this.sampling ??= this.sample().finally(() => (this.sampling = undefined)))
    this.timers = [
      setInterval(() => this.look(), lookMs),
      ...(counts.recordToRead === undefined ? [] : [setInterval(sample, halfSecondMs)]),
    ]
  }

  /** With what the others have seen of it. */
  async end({ schedule, fed, received }: { schedule: Schedule; fed: Fed; received: Received }): Promise<Watched> {
    for (const timer of this.timers) clearInterval(timer)
    await this.sampling
    const { late, acknowledged } = fed
    const found = { feeder: fed.standstills, server: (await this.server.standstills?.()) ?? [], clients: received.standstills }
    const standstills = new Map(Object.entries(found).map(([who, its]) => [who, [...its, ...(this.waits.get(who) ?? [])]]))
    return { startMs: schedule.startMs, latencyMs: received.latency.halfSecondP99s, late, acknowledged, stages: this.stages, standstills }
  }

  private look(): void {
    const nowMs = monotonicMs()
    for (const { who, pid } of this.processes) {
      const waitedMs = waitedMsOf(pid)
      const ms = waitedMs - this.waitedMs.get(pid)!
      this.waitedMs.set(pid, waitedMs)
      if (ms >= waitMsMin) this.waits.get(who)!.push({ what: 'waiting for a core', fromMs: this.lookedAtMs, ms })
    }
    this.lookedAtMs = nowMs
  }

  private async sample(): Promise<void> {
    const before = this.counts
    this.counts = await this.server.counts()
    const { recordToRead, recordToWrite } = countsBetween(before, this.counts)
    const [fromMs, untilMs] = [this.sampledAtMs, (this.sampledAtMs = monotonicMs())]
    const p99Ms = (buckets: typeof recordToRead) => 1000 * percentileOf(buckets!, 0.99)
    this.stages.push({ fromMs, untilMs, readMs: p99Ms(recordToRead), writeMs: p99Ms(recordToWrite) })
  }
}
