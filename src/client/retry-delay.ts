import { backOffMs } from '#back-off.js'
import { closeNumbers } from '#protocol/close-codes.js'
import { amountIn } from './incoming.js'
import type { Moment } from './link.js'

/** A longer wish is a mistake of the server's; the page would be dead for it. */
export const longestMs = 3_600_000
/** Where a server leaves and does not say how long its clients should stay away, so many come back at once. */
const leavingSpreadMs = 5000

/** How long a server asks to stay away, from whatever it wrote. */
export function floorOf(retryAfterMs: unknown): number {
  return Math.min(amountIn(retryAfterMs), longestMs)
}

/** How long to wait before the next try: any time up to the back-off, so that clients do not come back in step, and the floor besides. */
export function retryDelay(code: number, failures: number, floorMs: number, { chance, settings }: Moment): number {
  const spreadMs = backOffMs({ firstMs: settings.leastMs, maxMs: settings.mostMs }, failures)
  return floorMs + chance * Math.max(spreadMs, floorMs, code === closeNumbers.shutting_down ? leavingSpreadMs : 0)
}
