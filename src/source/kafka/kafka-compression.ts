import { gunzipSync } from 'node:zlib'
import { Decompress } from 'fzstd'
import { decompressFrameSync } from 'lz4-napi'
import { uncompress } from 'snappyjs'

/**
 * What one compressed batch may become, in bytes: 32 times what a broker takes by default as a compressed batch
 * (`message.max.bytes`, 1 MiB). A batch of zeros could become a gigabyte, and every partition would wait for it.
 */
const decompressedBytesMax = 32 * 1024 * 1024

/** By the number in a batch's attributes. */
const decompressors: Record<number, (bytes: Buffer) => Buffer> = { 1: gunzip, 2: unsnappy, 3: unlz4, 4: unzstd }

/** What a batch's records were compressed to. @throws Error where that cannot be undone within the limit. */
export function decompress(codec: number, bytes: Buffer): Buffer {
  const decompressor = decompressors[codec]
  if (decompressor === undefined) throw new Error(`the codec ${codec} is unknown`)
  return decompressor(bytes)
}

function gunzip(bytes: Buffer): Buffer {
  return gunzipSync(bytes, { maxOutputLength: decompressedBytesMax })
}

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic, a version and the oldest version that can read it. */
const xerialHeaderBytes = 16

/** Java writes snappy in blocks with a header of its own (xerial's framing), librdkafka in a single bare block. */
function unsnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return uncompress(bytes, decompressedBytesMax)
  const output = new BoundedOutput()
  for (let at = xerialHeaderBytes; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw new Error('a snappy block ends beyond the batch')
    output.push(uncompress(bytes.subarray(at + 4, end), output.room))
    at = end
  }
  return output.join()
}

/** The decompressor has no limit of its own, so the blocks are counted first. */
function unlz4(bytes: Buffer): Buffer {
  if (lz4BytesAtMost(bytes) > decompressedBytesMax) throw overLimit()
  return decompressFrameSync(bytes)
}

/** The blocks of a frame times what a block may hold (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). */
function lz4BytesAtMost(bytes: Buffer): number {
  const flags = bytes.readUInt8(4)
  const blockBytesMax = 1 << (8 + 2 * ((bytes.readUInt8(5) >> 4) & 0x07))
  const checksumBytes = flags & 0x10 ? 4 : 0
  const contentSizeBytes = flags & 0x08 ? 8 : 0
  const dictionaryIdBytes = flags & 0x01 ? 4 : 0
  let blocks = 0
  for (let at = 7 + contentSizeBytes + dictionaryIdBytes; ; blocks++) {
    const blockBytes = bytes.readUInt32LE(at) & 0x7fffffff // The highest bit says that the block is not compressed.
    if (blockBytes === 0) return blocks * blockBytesMax
    at += 4 + blockBytes + checksumBytes
  }
}

/** As a stream, as its pieces can be counted; frames written as a stream do not say how long they will be. */
function unzstd(bytes: Buffer): Buffer {
  const output = new BoundedOutput()
  new Decompress((piece) => output.push(piece)).push(bytes, true)
  return output.join()
}

class BoundedOutput {
  room = decompressedBytesMax
  private readonly pieces: Uint8Array[] = []

  push(piece: Uint8Array): void {
    this.room -= piece.length
    if (this.room < 0) throw overLimit()
    this.pieces.push(piece)
  }

  join(): Buffer {
    return Buffer.concat(this.pieces)
  }
}

function overLimit(): Error {
  return new Error(`more than ${decompressedBytesMax} bytes when decompressed`)
}
