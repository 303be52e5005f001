import { closeNumbers } from '#protocol/close-codes.js'
import { backOffMs } from '#back-off.js'
import type { Moment } from './link.js'

/** A longer wish is a mistake of the server's; the page would be dead for it. */
const floorMsMax = 3_600_000
/** Where a server leaves and does not say how long its clients should stay away, so many come back at once. */
const leavingSpreadMs = 5000

/** How long a server asks to stay away, from whatever it wrote. */
export function floorOf(retryAfterMs: unknown): number {
  return typeof retryAfterMs === 'number' && retryAfterMs > 0 ? Math.min(retryAfterMs, floorMsMax) : 0
}

/** How long to wait before the next try, at least and by chance: any time up to the back-off, so that clients do not come back in step. */
export function retryDelay(code: number, failures: number, floorMs: number, { chance, settings }: Moment): readonly [number, number] {
  const { leastMs, mostMs } = settings
  const leaving = code === closeNumbers.shutting_down ? leavingSpreadMs : 0
  return [floorMs, floorMs + chance * Math.max(backOffMs({ firstMs: leastMs, maxMs: mostMs }, failures), floorMs, leaving)]
}
