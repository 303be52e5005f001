import type { RunningServer, ServerCounts } from '../contenders/contender.js'
import type { Fed } from '../feed/event-log.js'
import type { Received } from '../harness/clients.js'
import type { Schedule } from '../workload/schedule.js'
import { CoreWaits, type WatchedProcess } from './core-waits.js'
import type { Watched } from './half-seconds.js'
import { StageSamples } from './stage-samples.js'

export interface WatchOptions {
  readonly server: RunningServer
  /** The server, the feeder and the clients. */
  readonly processes: readonly WatchedProcess[]
  /** What the server has counted before; undefined where it is not to be asked while it is measured. */
  readonly counts: ServerCounts | undefined
}

/** What can be seen of the processes of a trial while it is measured. */
export class Watch {
  private readonly waits: CoreWaits
  private readonly stages: StageSamples | undefined

  private constructor(private readonly options: WatchOptions) {
    this.waits = new CoreWaits(options.processes)
    this.stages = options.counts && new StageSamples(options.server, options.counts)
  }

  static async begin(options: WatchOptions): Promise<Watch> {
    await options.server.watch?.()
    return new Watch(options)
  }

  /** Also where the trial has failed. */
  end(): void {
    this.waits.end()
    void this.stages?.end()
  }

  /** With what the others have seen. */
  async result({ schedule, fed, received }: { schedule: Schedule; fed: Fed; received: Received }): Promise<Watched> {
    this.waits.end()
    const own = { feeder: fed.standstills, server: (await this.options.server.standstills?.()) ?? [], clients: received.standstills }
    const standstills = new Map(Object.entries(own).map(([who, its]) => [who, [...its, ...this.waits.of(who)]]))
    const stages = (await this.stages?.end()) ?? []
    const { late, acknowledged } = fed
    return { startMs: schedule.startMs, latencyMs: received.latency.halfSecondP99s, late, acknowledged, stages, standstills }
  }
}
