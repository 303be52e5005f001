import { monotonicMs } from '../harness/monotonic.js'
import { waitedMsOf } from '../harness/process-usage.js'
import type { Standstill } from './standstills.js'

export interface WatchedProcess {
  readonly who: string
  readonly pid: number
}

/** Between two looks, in milliseconds. */
const lookMs = 100
const waitMsMin = 5

/** Sees from outside when processes were ready to run and had no core, which they cannot tell from other pauses themselves. */
export class CoreWaits {
  private readonly found: { readonly who: string; readonly standstill: Standstill }[] = []
  private readonly timer = setInterval(() => this.look(), lookMs)
  private readonly waitedMs: Map<number, number>
  private lookedAtMs = monotonicMs()

  constructor(private readonly processes: readonly WatchedProcess[]) {
    this.waitedMs = new Map(processes.map(({ pid }) => [pid, waitedMsOf(pid)]))
  }

  end(): void {
    clearInterval(this.timer)
  }

  of(who: string): Standstill[] {
    return this.found.filter((one) => one.who === who).map(({ standstill }) => standstill)
  }

  private look(): void {
    for (const { who, pid } of this.processes) {
      const waitedMs = waitedMsOf(pid)
      const ms = waitedMs - this.waitedMs.get(pid)!
      this.waitedMs.set(pid, waitedMs)
      if (ms >= waitMsMin) this.found.push({ who, standstill: { what: 'waiting for a core', fromMs: this.lookedAtMs, ms } })
    }
    this.lookedAtMs = monotonicMs()
  }
}
