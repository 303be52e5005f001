/** Short enough that a restarted gateway is hardly missed. */
const delayFirstMs = 500
/** Long enough that many waiting clients do not hinder a gateway that struggles to its feet. */
const delayMaxMs = 30_000

/**
 * How long to wait before the next try, in milliseconds: half of a ceiling that doubles with each failure, and a random share of
 * the other half, so that the clients of a gateway that went away do not all come back in the same moment.
 * @param failures tries in a row that came to nothing before this one.
 * @param random from 0 up to 1.
 */
export function backoffMs(failures: number, random: () => number): number {
  const ceilingMs = Math.min(delayMaxMs, delayFirstMs * 2 ** failures)
  return (ceilingMs / 2) * (1 + random())
}
