import type { Clock } from '#clock.js'
import { LinePace } from '#logging/line-pace.js'
import type { Log } from '#log.js'
import type { Meter } from '../../observe/meter.js'

/**
 * Counts the sockets that have not said whose they are, and hangs up on those beyond the limit. With no descriptor left, the library
 * would try to take one again and again, and nobody could read a file or reach a broker.
 */
export class WaitingSockets {
  private waiting = 0
  private refused = 0
  private readonly pace: LinePace

  constructor(
    private readonly max: number,
    private readonly parts: { readonly clock: Clock; readonly meter: Meter; readonly log: Log },
  ) {
    this.pace = new LinePace(1, parts.clock) // Enough to know that it goes on.
  }

  /** Of the library: 1 for a socket that has come, -1 for one that has gone and was never upgraded. */
  changed(by: number, hangUp: () => void): void {
    this.waiting += by
    this.parts.meter.socketsWaiting = this.waiting
    if (by < 0 || this.waiting <= this.max) return
    this.parts.meter.socketsRefused++
    this.refused++
    this.say()
    hangUp()
  }

  /** From here on it counts as a client's. */
  upgraded(): void {
    this.waiting--
    this.parts.meter.socketsWaiting = this.waiting
  }

  private say(): void {
    if (this.pace.next() !== 'log') return
    this.parts.log.warn({ refused: this.refused, waiting_max: this.max }, 'Sockets are refused: as many as may be have said nothing yet.')
    this.refused = 0
  }
}
