/** Castagnoli's polynomial, bits reversed. */
const polynomial = 0x82f63b78

const table = Int32Array.from({ length: 256 }, (_none, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? polynomial : 0)
  return rest
})

/** The checksum of Kafka's record batches, as a signed 32-bit number (zlib's crc32 has another polynomial). */
export function crc32c(bytes: Uint8Array): number {
  let rest = -1
  for (let at = 0; at < bytes.length; at++) rest = (rest >>> 8) ^ table[(rest ^ bytes[at]!) & 0xff]!
  return ~rest
}
