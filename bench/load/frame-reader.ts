/** Takes one frame: its opcode, and where its payload lies in the chunk. */
export type TakeFrame = (opcode: number, chunk: Buffer, start: number, end: number) => void

/**
 * Cuts what a server sends into WebSocket frames, by their headers alone (RFC 6455, section 5.2): nothing is copied but what a chunk's
 * end cuts through. A library costs a client several times what it costs the server to send.
 */
export class FrameReader {
  private rest: Buffer | undefined

  constructor(private readonly take: TakeFrame) {}

  /** The chunk may be written over after the call. */
  read(fresh: Buffer): void {
    const chunk = this.rest === undefined ? fresh : Buffer.concat([this.rest, fresh])
    let at = 0
    for (;;) {
      const start = payloadStart(chunk, at)
      const end = start === 0 ? 0 : start + payloadLength(chunk, at)
      if (start === 0 || end > chunk.length) break
      this.take(chunk[at]! & 0x0f, chunk, start, end)
      at = end
    }
    this.rest = at < chunk.length ? Buffer.from(chunk.subarray(at)) : undefined
  }
}

/** 0 where the header is not all there. */
function payloadStart(chunk: Buffer, at: number): number {
  if (at + 2 > chunk.length) return 0
  const length = chunk[at + 1]!
  const start = at + (length === 127 ? 10 : length === 126 ? 4 : 2)
  return start <= chunk.length ? start : 0
}

function payloadLength(chunk: Buffer, at: number): number {
  const length = chunk[at + 1]!
  if (length < 126) return length
  return length === 126 ? chunk.readUInt16BE(at + 2) : Number(chunk.readBigUInt64BE(at + 2))
}

/** A client's frame, which must be masked; a mask of zeros leaves the payload as it is. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length
  const header =
    length < 126 ? Buffer.from([0x80 | opcode, 0x80 | length]) : Buffer.from([0x80 | opcode, 0x80 | 126, length >> 8, length & 0xff])
  return Buffer.concat([header, Buffer.alloc(4), payload])
}
