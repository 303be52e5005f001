import { uncompressSync } from 'snappy'
import { wrongLength, endsTooEarly, type Codec } from './codec.js'

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic, a version and the oldest version that can read it. */
const xerialHeaderBytes = 16

/** Java writes snappy in blocks with a header of its own (xerial's framing), librdkafka in a single bare block. */
export const snappyCodec: Codec = {
  claim: (bytes) => blocksOf(bytes).reduce((sum, block) => sum + claimOfBlock(block), 0),
  decompress(bytes, claim) {
    const outputs = blocksOf(bytes).map(decompressBlock)
    const output = outputs.length === 1 ? outputs[0]! : Buffer.concat(outputs)
    if (output.length !== claim) throw wrongLength(output.length, claim)
    return output
  },
}

function blocksOf(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return [bytes]
  const blocks: Buffer[] = []
  for (let at = xerialHeaderBytes; at < bytes.length;) {
    if (at + 4 > bytes.length) throw endsTooEarly()
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw endsTooEarly()
    blocks.push(bytes.subarray(at + 4, end))
    at = end
  }
  return blocks
}

/** Reads the varint before the block's elements (https://github.com/google/snappy/blob/main/format_description.txt). */
function claimOfBlock(block: Buffer): number {
  let claim = 0
  for (let at = 0; at < 5; at++) {
    const byte = block[at]
    if (byte === undefined) break
    claim += (byte & 0x7f) * 128 ** at
    if (byte < 128) return claim
  }
  throw endsTooEarly()
}

function decompressBlock(block: Buffer): Buffer {
  return uncompressSync(block, { asBuffer: true }) as Buffer
}
