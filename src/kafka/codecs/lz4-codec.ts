import { decompressFrameSync } from 'lz4-napi'
import { wrongLength, endsTooEarly, type Codec } from './codec.js'

const magic = 0x184d2204
/** Magic, flags, block size and their checksum. */
const headerBytesMin = 7

/** A single frame, as Kafka's own client reads it (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). */
export const lz4Codec: Codec = {
  claim(bytes) {
    const frame = readFrame(bytes)
    return frame.contentBytes ?? frame.bytesAtMost
  },
  decompress(bytes, claim) {
    const { contentBytes = null } = readFrame(bytes)
    const output = decompressFrameSync(bytes)
    if (output.length > claim || (contentBytes !== null && output.length !== contentBytes)) throw wrongLength(output.length, claim)
    return output
  },
}

interface Frame {
  readonly contentBytes?: number
  /** The decompressor has no limit of its own, but it writes no block that is longer than its frame allows. */
  readonly bytesAtMost: number
}

function readFrame(bytes: Buffer): Frame {
  if (bytes.length < headerBytesMin || bytes.readUInt32LE(0) !== magic) throw new Error('no frame of lz4')
  const [flags, sizes] = [bytes.readUInt8(4), bytes.readUInt8(5)]
  const [hasContentSize, hasDictionary] = [(flags & 0x08) !== 0, (flags & 0x01) !== 0]
  const blockBytesMax = 1 << (8 + 2 * ((sizes >> 4) & 0x07))
  if (flags >> 6 !== 1 || hasDictionary || blockBytesMax < 0x10000) throw new Error('a frame of lz4 that nobody writes')
  const start = headerBytesMin + (hasContentSize ? 8 : 0)
  const bytesAtMost = blockBytesMax * countBlocks(bytes, start, blockBytesMax, flags)
  if (!hasContentSize) return { bytesAtMost }
  const contentBytes = Number(bytes.readBigUInt64LE(6))
  if (contentBytes > bytesAtMost) throw wrongLength(bytesAtMost, contentBytes)
  return { contentBytes, bytesAtMost: Math.max(bytesAtMost, contentBytes) }
}

/** Each block has its length before it. A length of 0 ends the frame, and must end the records. */
function countBlocks(bytes: Buffer, start: number, blockBytesMax: number, flags: number): number {
  const [checksumBytes, lastChecksumBytes] = [flags & 0x10 ? 4 : 0, flags & 0x04 ? 4 : 0]
  let blocks = 0
  for (let at = start; at + 4 <= bytes.length; blocks++) {
    const length = bytes.readUInt32LE(at)
    at += 4
    if (length === 0 && at + lastChecksumBytes === bytes.length) return blocks
    // The highest bit says that the block is not compressed.
    const blockBytes = length & 0x7fffffff
    if (blockBytes === 0 || blockBytes > blockBytesMax) throw new Error('a block of lz4 is empty, too long, or not the last')
    at += blockBytes + checksumBytes
  }
  throw endsTooEarly()
}
