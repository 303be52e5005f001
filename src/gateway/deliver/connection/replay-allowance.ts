import type { Clock } from '#clock.js'
import type { ReplayRoom } from '../../authorize/replays.js'

/** So many versions take some hundred milliseconds to read and write. A page of a thousand entities may have missed ten of each. */
const versionsMax = 10_000
const intervalMs = 1000

/** What may be replayed for one client in a second, however many requests it sends: its answers wait in its mailbox, all at a time. */
export class ReplayAllowance implements ReplayRoom {
  private sinceMs = -Infinity
  private versions = 0
  private bytes = 0

  /** @param bytesMax the limit of one second. */
  constructor(
    private readonly clock: Clock,
    private readonly bytesMax: number,
  ) {}

  take(versions: number, bytes: number): boolean {
    const now = this.clock.monotonicMs()
    if (now - this.sinceMs >= intervalMs) [this.sinceMs, this.versions, this.bytes] = [now, 0, 0]
    this.versions += versions
    this.bytes += bytes
    return this.versions <= versionsMax && this.bytes <= this.bytesMax
  }
}
