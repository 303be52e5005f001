import { Decompress } from 'fzstd'
import { wrongLength, decompressedBytesMax, type Codec } from './codec.js'
import { zstdFramesOf, type ZstdFrame } from './zstd-frames.js'

/**
 * The limit of what is moved in memory for one batch, in bytes. After each block the decompressor moves the whole window, and a frame may
 * set a window of 2 GiB for blocks of three bytes that become nothing. So a window is also cut to what its frame can become. 32 MiB in
 * blocks of 128 KiB under the largest usual window, 8 MiB, come to half of this limit and take 0.3 s.
 */
const movedBytesMax = 4 * 1024 ** 3

export const zstdCodec: Codec = {
  claim: (bytes) => zstdFramesOf(bytes).reduce((sum, frame) => sum + claimOf(frame), 0),
  decompress(bytes, claim) {
    const frames = zstdFramesOf(bytes)
    const moved = frames.reduce((sum, { blocks, windowBytes }) => sum + (blocks + 1) * windowBytes, 0)
    if (moved > movedBytesMax) throw new Error('too many blocks of zstd for their window')
    const output = new BoundedOutput(claim)
    for (const frame of frames) decompressFrame(frame, output)
    return output.join()
  },
}

/** Without a stated size the blocks' greatest size counts, but no more than the limit, as most blocks become much less than they could. */
function claimOf({ contentBytes, bytesAtMost }: ZstdFrame): number {
  return contentBytes ?? Math.min(bytesAtMost, decompressedBytesMax)
}

function decompressFrame({ bytes, contentBytes }: ZstdFrame, output: BoundedOutput): void {
  const before = output.length
  new Decompress((piece) => output.push(piece)).push(bytes, true)
  const length = output.length - before
  if (contentBytes !== undefined && length !== contentBytes) throw wrongLength(length, contentBytes)
}

class BoundedOutput {
  length = 0
  private readonly pieces: Uint8Array[] = []

  constructor(private readonly bytesMax: number) {}

  push(piece: Uint8Array): void {
    this.length += piece.length
    if (this.length > this.bytesMax) throw wrongLength(this.length, this.bytesMax)
    if (piece.length > 0) this.pieces.push(piece)
  }

  join(): Buffer {
    return Buffer.concat(this.pieces)
  }
}
