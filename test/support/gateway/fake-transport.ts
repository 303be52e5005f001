import type { Frame } from '#gateway/authorize/entity-update.js'
import type { Transport } from '#gateway/deliver/connection/transport.js'
import type { CloseCode } from '#protocol/codes.js'

/** A client's socket in memory: what it was sent, and how slowly it reads. */
export class FakeTransport implements Transport {
  readonly received: string[] = []
  writes = 0
  closedWith: CloseCode | undefined
  /** Whether the socket was hung up with what was in it. */
  wasCut = false
  /** What the socket says is still in it, in bytes. A client that does not read lets it grow. */
  buffered = 0
  /** The last of those received are in the buffer still: nobody has seen them. */
  messagesInBuffer = 0
  reads = true
  failsOnSend = false
  /** What was in the buffer when it was hung up. */
  readonly lost: string[] = []
  /** What a handler of the library's holds back: the socket does not count it before the handler returns. */
  heldBack = 0
  isAmidHandler = false
  private isCorked = false

  /** Handles a message of the client as the library does, which corks the socket meanwhile. */
  handle(receive: () => void): void {
    this.isAmidHandler = true
    receive()
    this.isAmidHandler = false
    this.buffered += this.heldBack
    this.heldBack = 0
  }

  cork(write: () => void): void {
    this.writes++
    this.isCorked = true
    try {
      write()
    } finally {
      this.isCorked = false
    }
  }

  send(frame: Frame): void {
    if (this.failsOnSend) throw new Error('the socket is broken')
    if (!this.isCorked) this.writes++
    this.received.push(Buffer.from(frame.bytes).toString())
    if (this.reads) return
    if (this.isAmidHandler) this.heldBack += frame.bytes.byteLength
    else this.buffered += frame.bytes.byteLength
    this.messagesInBuffer++
  }

  /** The client reads all that there is, and goes on reading. */
  drain(): void {
    this.reads = true
    this.buffered = this.messagesInBuffer = 0
  }

  bufferedBytes(): number {
    return this.buffered
  }

  close(close: CloseCode): void {
    this.closedWith ??= close
  }

  cut(close: CloseCode): void {
    this.closedWith ??= close
    this.wasCut = true
    this.lost.push(...this.received.splice(this.received.length - this.messagesInBuffer))
    this.buffered = this.messagesInBuffer = 0
  }

  /** All messages as objects. */
  messages(): Record<string, unknown>[] {
    return this.received.map((text) => JSON.parse(text) as Record<string, unknown>)
  }

  updates(): Record<string, unknown>[] {
    return this.messages().filter(({ type }) => type === 'entity_update')
  }
}
