/** One after the other, hundreds of questions to the registry take too long; all at once, the last would wait beyond a call's limit. */
const askedAtOnceMax = 50

/** What may be asked at once, and what after it. */
export function portionsOf<T>(all: readonly T[]): T[][] {
  const portions: T[][] = []
  for (let at = 0; at < all.length; at += askedAtOnceMax) portions.push(all.slice(at, at + askedAtOnceMax))
  return portions
}
