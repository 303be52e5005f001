/** Hundreds of questions to the registry take too long one by one. All at once, the last would wait beyond a call's time limit. */
const askedAtOnceMax = 50

/** Cuts a list into portions, each of which may be asked for at once. */
export function portionsOf<T>(all: readonly T[]): T[][] {
  const portions: T[][] = []
  for (let at = 0; at < all.length; at += askedAtOnceMax) portions.push(all.slice(at, at + askedAtOnceMax))
  return portions
}
