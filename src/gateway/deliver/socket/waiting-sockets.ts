import type { Clock } from '#clock.js'
import { LinePace } from '#logging/line-pace.js'
import type { Log } from '#log.js'
import type { Meter } from '../../observe/meter.js'

/**
 * Counts the sockets that have not shown a token yet, and hangs up on those beyond the limit. With no descriptor left the library would try
 * to accept one again and again, and this process could read no file and reach no broker.
 */
export class WaitingSockets {
  private waiting = 0
  private refused = 0
  private readonly pace: LinePace

  constructor(
    private readonly max: number,
    private readonly parts: { readonly clock: Clock; readonly meter: Meter; readonly log: Log },
  ) {
    this.pace = new LinePace(1, parts.clock) // One line is enough to show that it goes on.
  }

  /** Called by the library: 1 for a new socket, -1 for a socket that has gone without an upgrade. */
  changed(by: number, hangUp: () => void): void {
    this.waiting += by
    this.parts.meter.socketsWaiting = this.waiting
    if (by < 0 || this.waiting <= this.max) return
    this.parts.meter.socketsRefused++
    this.refused++
    this.log()
    hangUp()
  }

  /** The socket is a client's from now on, and no longer counted here. */
  upgraded(): void {
    this.waiting--
    this.parts.meter.socketsWaiting = this.waiting
  }

  private log(): void {
    if (this.pace.next() !== 'log') return
    this.parts.log.warn({ refused: this.refused, waiting_max: this.max }, 'Sockets are refused: as many as may be have said nothing yet.')
    this.refused = 0
  }
}
