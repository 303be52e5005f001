const seed = 0x9747b28c
const multiplier = 0x5bd1e995

/** The partition of a key, as Kafka's Java client and kafkajs choose it. */
export function keyPartition(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

/** The hash by which Kafka's clients choose a key's partition (murmur2, 32 bit), as a signed integer. */
export function murmur2(key: Uint8Array): number {
  let hash = seed ^ key.length
  const words = key.length >> 2
  const view = new DataView(key.buffer, key.byteOffset, key.length)
  for (let i = 0; i < words; i++) hash = Math.imul(hash, multiplier) ^ mix(view.getInt32(i * 4, true))
  return finish(hash, key.subarray(words * 4))
}

function mix(word: number): number {
  const product = Math.imul(word, multiplier)
  return Math.imul(product ^ (product >>> 24), multiplier)
}

/** Up to three bytes are left over. */
function finish(start: number, rest: Uint8Array): number {
  let hash = start
  for (let i = rest.length - 1; i >= 0; i--) hash ^= rest[i]! << (8 * i)
  if (rest.length > 0) hash = Math.imul(hash, multiplier)
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}
