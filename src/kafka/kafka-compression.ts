import { decompressedBytesMax, type Codec } from './codecs/codec.js'
import { gzipCodec } from './codecs/gzip-codec.js'
import { lz4Codec } from './codecs/lz4-codec.js'
import { snappyCodec } from './codecs/snappy-codec.js'
import { zstdCodec } from './codecs/zstd-codec.js'

/** The codecs by their numbers in a batch's attributes. */
const codecs: Record<number, Codec> = { 1: gzipCodec, 2: snappyCodec, 3: lz4Codec, 4: zstdCodec }

/** How many bytes a batch's records become at most. @throws Error where that is more than the limit or cannot be told. */
export function claimedBytes(codec: number, bytes: Buffer): number {
  const claim = codecNumbered(codec).claim(bytes)
  if (claim > decompressedBytesMax) throw new Error(`${claim} bytes when decompressed, more than ${decompressedBytesMax}`)
  return claim
}

/** Undoes the compression of a batch's records. @throws Error where that cannot be done within the claim and the limit. */
export function decompress(codec: number, bytes: Buffer): Buffer {
  return codecNumbered(codec).decompress(bytes, claimedBytes(codec, bytes))
}

function codecNumbered(codec: number): Codec {
  const known = codecs[codec]
  if (known === undefined) throw new Error(`the codec ${codec} is unknown`)
  return known
}
