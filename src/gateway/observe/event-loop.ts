import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Clock } from '#clock.js'
import type { EventLoopState } from './meter.js'

const everyMs = 1000
/** One second alone says more of a garbage collection than of the load. */
const utilizationSamples = 10
/** So that whoever looks once a minute misses none. */
const longestSamples = 60
/** Timers are set so far apart, in milliseconds. Looked after more often, the process would wake as often at rest. */
const resolutionMs = 50

/** Looks once a second how busy the event loop is, so that it says the same to whoever asks, and however many do. */
export class EventLoop implements EventLoopState {
  private readonly delay = monitorEventLoopDelay({ resolution: resolutionMs })
  private readonly readings = [performance.eventLoopUtilization()]
  private readonly longest: number[] = []
  private cancel!: () => void

  constructor(private readonly clock: Clock) {
    this.delay.enable()
    this.lookLater()
  }

  readonly utilization = (): number => performance.eventLoopUtilization(this.readings[0]).utilization

  /** Blocks that are shorter than the time between two timers may be missed, and longer ones seem shorter by as much at most. */
  readonly longestMs = (): number => Math.max(this.keptMs(), ...this.longest)

  stop(): void {
    this.cancel()
    this.delay.disable()
  }

  private lookLater(): void {
    this.cancel = this.clock.after(everyMs, () => {
      if (this.readings.push(performance.eventLoopUtilization()) > utilizationSamples) this.readings.shift()
      if (this.longest.push(this.keptMs()) > longestSamples) this.longest.shift()
      this.delay.reset()
      this.lookLater()
    })
  }

  /** Since this was last looked at. */
  private keptMs(): number {
    return Math.max(0, this.delay.max / 1e6 - resolutionMs)
  }
}
