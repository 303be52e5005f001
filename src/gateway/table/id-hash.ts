// HalfSipHash-1-3 (https://github.com/veorq/SipHash), over the UTF-16 units of an id, two in a word. Keyed, as ids may come from strangers:
// with a hash that anybody can compute they could be chosen to fall into one slot, and each look-up would go through all of them.

/** Answers 32 bits for an id. The same key gives the same hash. */
export type IdHash = (id: string) => number

/** @param random a number from 0 up to 1. */
export function keyedIdHash(random: () => number): IdHash {
  const [key0, key1] = [(random() * 2 ** 32) | 0, (random() * 2 ** 32) | 0]
  return (id) => halfSipHash(id, key0, key1)
}

function halfSipHash(id: string, key0: number, key1: number): number {
  let [v0, v1, v2, v3] = [key0, key1, key0 ^ 0x6c796765, key1 ^ 0x74656462]
  const { length } = id
  const words = length >> 1
  // One round for each word, one for the rest with the length, and three to finish.
  for (let i = 0; i <= words + 3; i++) {
    const word = i < words ? id.charCodeAt(2 * i) | (id.charCodeAt(2 * i + 1) << 16) : i === words ? lastWord(id) : 0
    if (i === words + 1) v2 ^= 0xff
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
  }
  return (v1 ^ v3) >>> 0
}

/** The unit that is left over, and the length. */
function lastWord(id: string): number {
  const { length } = id
  return (length & 1 ? id.charCodeAt(length - 1) : 0) | (length << 24)
}
