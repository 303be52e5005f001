import { crc32, crc32c } from '@node-rs/crc32'

/** Everything before the records: https://kafka.apache.org/documentation/#recordbatch */
export const batchHeaderBytes = 61
/** The bytes of a batch before its length counts: its first offset and the length itself. */
export const batchPrefixBytes = 12
export const batchMagic = 2
const magicAt = 16
/** Where the checksum stands, and what it is of: all that follows it. The first offset, the length and the format are not covered. */
const crc = { at: 17, coversFrom: 21 }
/** The same of messages before Kafka 0.11, each of which is what a batch is now; the least of them has no key and no value. */
const oldCrc = { at: 12, coversFrom: 16 }
const oldMessageBytesMin = 26

/**
 * What is wrong with a batch as it came, undefined where nothing is: no byte of it may be believed then, as it was changed on the way or on
 * the broker's disk. Most of a batch was checked by nobody but its producer before.
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

/** Whole, but in a format that Kafka itself has given up. One flipped bit makes the format's number of a batch that of a message. */
export function isOldMessage(batch: Buffer): boolean {
  const magic = batch.readInt8(magicAt)
  if (magic !== 0 && magic !== 1) return false
  return (
    batch.readInt32BE(8) === batch.length - batchPrefixBytes && crc32(batch.subarray(oldCrc.coversFrom)) === batch.readUInt32BE(oldCrc.at)
  )
}
