import type { Frame } from '../../authorize/entity-update.js'
import type { CloseCode } from '#protocol/codes.js'
import type { FrameJoiner } from './frame-joiner.js'
import type { Transport } from './transport.js'

/** The size at which kept messages are sent, so that no client reads a frame of megabytes. A longer message is sent by itself. */
export const batchBytesMax = 64 * 1024

/** For a client that has asked for batches: all frames sent inside a cork leave as one WebSocket message, a JSON array. */
export class BatchingTransport implements Transport {
  private kept: Frame[] = []
  private keptBytes = 0
  private isCorked = false

  constructor(
    private readonly transport: Transport,
    private readonly joiner: FrameJoiner,
    private readonly frameBytesMax = batchBytesMax,
  ) {}

  cork(write: () => void): void {
    this.transport.cork(() => {
      this.isCorked = true
      try {
        write()
      } finally {
        this.isCorked = false
        this.flush()
      }
    })
  }

  send(frame: Frame): void {
    // Two more bytes: the comma or bracket before the frame, and the last bracket.
    if (this.keptBytes + frame.size + 2 > this.frameBytesMax) this.flush()
    this.kept.push(frame)
    this.keptBytes += frame.size + 1
    if (!this.isCorked || this.keptBytes >= this.frameBytesMax) this.flush()
  }

  /** Without the frames that are kept back; they leave when the cork ends. */
  bufferedBytes(): number {
    return this.transport.bufferedBytes()
  }

  close(close: CloseCode): void {
    try {
      this.flush()
    } finally {
      this.transport.close(close)
    }
  }

  cut(close: CloseCode): void {
    this.kept = []
    this.keptBytes = 0
    this.transport.cut(close)
  }

  private flush(): void {
    if (this.kept.length === 0) return
    const frames = this.kept
    this.kept = []
    this.keptBytes = 0
    this.transport.send(this.joiner.join(frames))
  }
}
