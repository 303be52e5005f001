/** Which entity an event is about, as a function of its place in the schedule, so that whoever knows the one knows the other. */
export type Popularity =
  /** One entity after the other, `run` events each. */
  | { readonly kind: 'in-turn'; readonly entities: number; readonly run: number }
  /** Few entities get most events: the nth with a weight of 1 / n ** exponent. */
  | { readonly kind: 'zipf'; readonly entities: number; readonly exponent: number }
  /** A share of the events is about the first entity, the others take turns. */
  | { readonly kind: 'hot'; readonly entities: number; readonly share: number }

export function entityChooser(popularity: Popularity): (nth: number) => number {
  const { entities } = popularity
  if (popularity.kind === 'in-turn') return (nth) => Math.floor(nth / popularity.run) % entities
  if (popularity.kind === 'hot') return (nth) => (scattered(nth) < popularity.share ? 0 : 1 + (nth % (entities - 1)))
  const cumulative = zipfOf(entities, popularity.exponent)
  return (nth) => indexOf(cumulative, scattered(nth))
}

/** The share of the events that are about one of the first n + 1 entities. */
export function zipfOf(entities: number, exponent: number): Float64Array {
  const cumulative = new Float64Array(entities)
  let sum = 0
  for (let n = 0; n < entities; n++) cumulative[n] = sum += 1 / (n + 1) ** exponent
  return cumulative.map((value) => value / sum)
}

/** The first place whose value is above `share`. */
export function indexOf(cumulative: Float64Array, share: number): number {
  let [low, high] = [0, cumulative.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! > share) high = middle
    else low = middle + 1
  }
  return low
}

/** A number in [0, 1) that looks random and is always the same for the same `nth` (the finalizer of MurmurHash3). */
export function scattered(nth: number): number {
  let hash = nth | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
