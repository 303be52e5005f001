/** In milliseconds. */
export interface BackOff {
  readonly firstMs: number
  /** What was away and comes back is noticed within this time. */
  readonly maxMs: number
}

/**
 * How long to wait before the next try, in milliseconds: it doubles with each failure.
 * @param failures tries in a row that came to nothing before this one.
 */
export function backOffMs({ firstMs, maxMs }: BackOff, failures: number): number {
  return Math.min(maxMs, firstMs * 2 ** failures)
}

/**
 * The same for tries that are many and fail together, so that they do not all come back in the same moment: half of it, and a random
 * share of the other half.
 * @param random from 0 up to 1.
 */
export function spreadBackOffMs(backOff: BackOff, failures: number, random: () => number): number {
  return (backOffMs(backOff, failures) / 2) * (1 + random())
}
