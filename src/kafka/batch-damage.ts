import { crc32, crc32c } from '@node-rs/crc32'

/** Everything before the records: https://kafka.apache.org/documentation/#recordbatch */
export const batchHeaderBytes = 61
/** The bytes of a batch before its length counts: its first offset and the length itself. */
export const batchPrefixBytes = 12
export const batchMagic = 2
const magicAt = 16
/** Where the checksum stands, and where the bytes that it covers begin. The first offset, the length and the format are not covered. */
const crc = { at: 17, coversFrom: 21 }
/** The same two places in a message, which Kafka wrote before 0.11 instead of a batch. The shortest message has no key and no value. */
const oldCrc = { at: 12, coversFrom: 16 }
const oldMessageBytesMin = 26

/**
 * What is wrong with a batch as it came; undefined where nothing is. No byte of a damaged batch may be believed, as it was changed on the
 * way or on the broker's disk. The broker does not check most of a batch before it answers, so this check is the first one.
 */
export function damageOf(batch: Buffer): string | undefined {
  if (batch.length >= oldMessageBytesMin && isOldMessage(batch)) return undefined
  if (batch.length < batchHeaderBytes) return `${batch.length} bytes are no batch`
  const [stated, length] = [batch.readInt32BE(8), batch.length - batchPrefixBytes]
  if (stated !== length) return `it says ${stated} bytes, ${length} came`
  const magic = batch.readInt8(magicAt)
  if (magic !== batchMagic) return `its format says ${magic}`
  if (crc32c(batch.subarray(crc.coversFrom)) !== batch.readUInt32BE(crc.at)) return 'its checksum is not that of its bytes'
  return batch.readInt32BE(23) < 0 || batch.readBigInt64BE(0) < 0n ? 'its offsets are negative' : undefined
}

/**
 * Whether the bytes are a whole message in a format that Kafka itself has given up. One flipped bit turns the format's number of a batch
 * into that of a message, so the length and the checksum must be those of a message too.
 */
export function isOldMessage(batch: Buffer): boolean {
  const magic = batch.readInt8(magicAt)
  if (magic !== 0 && magic !== 1) return false
  return (
    batch.readInt32BE(8) === batch.length - batchPrefixBytes && crc32(batch.subarray(oldCrc.coversFrom)) === batch.readUInt32BE(oldCrc.at)
  )
}
