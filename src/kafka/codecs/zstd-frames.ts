import { endsTooEarly } from './codec.js'

/** A frame with its window cut to what it can become. */
export interface ZstdFrame {
  readonly bytes: Buffer
  readonly blocks: number
  readonly windowBytes: number
  /** What the frame says that it becomes. */
  readonly contentBytes: number | undefined
  readonly bytesAtMost: number
}

const magic = 0xfd2fb528
const blockBytesMax = 128 * 1024
const blockKinds = { raw: 0, repeated: 1, compressed: 2 }
/** The largest window that zstd itself takes by default. */
const windowBytesMax = 128 * 1024 * 1024

/** Finds the frames by their headers and their blocks' headers alone (RFC 8878, 3.1). @throws Error where the bytes are not frames. */
export function zstdFramesOf(bytes: Buffer): ZstdFrame[] {
  const frames: ZstdFrame[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length) throw endsTooEarly()
    const word = bytes.readUInt32LE(at)
    if (word >>> 4 === 0x184d2a5) {
      at += 8 + bytes.readUInt32LE(at + 4) // A frame to be skipped.
      if (at > bytes.length) throw endsTooEarly()
      continue
    }
    if (word !== magic) throw new Error('no frame of zstd')
    const { frame, end } = frameAt(bytes, at)
    frames.push(frame)
    at = end
  }
  return frames
}

function frameAt(bytes: Buffer, start: number): { frame: ZstdFrame; end: number } {
  const flags = bytes.readUInt8(start + 4)
  const isOneSegment = (flags & 0x20) !== 0
  if ((flags & 0x0b) !== 0) throw new Error('a frame of zstd with a dictionary, or that nobody writes')
  const sizeStart = start + (isOneSegment ? 5 : 6)
  const sizeBytes = flags >> 6 === 0 ? (isOneSegment ? 1 : 0) : 1 << (flags >> 6)
  const contentBytes = readContentBytes(bytes, sizeStart, sizeBytes)
  const asked = isOneSegment ? contentBytes! : windowOf(bytes.readUInt8(start + 5))
  if (asked > windowBytesMax) throw new Error(`a window of ${asked} bytes`)
  const blocks = blocksFrom(bytes, sizeStart + sizeBytes, Math.min(blockBytesMax, asked))
  const end = blocks.end + (flags & 0x04 ? 4 : 0)
  if (end > bytes.length) throw endsTooEarly()
  const own = bytes.subarray(start, end)
  const cut = isOneSegment ? { bytes: own, windowBytes: asked } : withWindowCut(own, blocks.bytesAtMost)
  return { frame: { ...cut, blocks: blocks.count, contentBytes, bytesAtMost: blocks.bytesAtMost }, end }
}

function readContentBytes(bytes: Buffer, at: number, length: number): number | undefined {
  if (at + length > bytes.length) throw endsTooEarly()
  if (length === 0) return undefined
  if (length === 8) return Number(bytes.readBigUInt64LE(at))
  return bytes.readUIntLE(at, length) + (length === 2 ? 256 : 0)
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

function withWindowCut(frame: Buffer, enoughBytes: number): { bytes: Buffer; windowBytes: number } {
  const descriptor = frame.readUInt8(5)
  let exponent = 0
  while (windowOf(exponent << 3) < enoughBytes) exponent++
  const enough = exponent << 3
  if (enough >= descriptor) return { bytes: frame, windowBytes: windowOf(descriptor) }
  const bytes = Buffer.from(frame)
  bytes.writeUInt8(enough, 5)
  return { bytes, windowBytes: windowOf(enough) }
}

function blocksFrom(bytes: Buffer, start: number, bytesMax: number): { count: number; bytesAtMost: number; end: number } {
  let [at, bytesAtMost] = [start, 0]
  for (let count = 1; at + 3 <= bytes.length; count++) {
    const header = bytes.readUIntLE(at, 3)
    const [kind, size] = [(header >> 1) & 3, header >> 3]
    if (kind > blockKinds.compressed || size > blockBytesMax) throw new Error('a block of zstd that nobody writes')
    at += 3 + (kind === blockKinds.repeated ? 1 : size)
    bytesAtMost += kind === blockKinds.compressed ? bytesMax : size
    if ((header & 1) === 0) continue
    if (at > bytes.length) break
    return { count, bytesAtMost, end: at }
  }
  throw endsTooEarly()
}
