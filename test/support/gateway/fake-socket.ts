import type { Socket } from '#gateway/deliver/socket/client-socket.js'

/** The server library's WebSocket in memory. Like the real one it throws when it is touched after it has gone. */
export class FakeSocket implements Socket {
  readonly sent: string[] = []
  buffered = 0
  outcome = 1
  /** What `end` was called with; `closed` for a hang-up without a code. */
  ended: { code: number; reason: string } | 'closed' | undefined
  /** The library calls its close handler from inside `end` and `close`. */
  onGone: (code: number) => void = () => undefined

  cork(write: () => void): void {
    this.touch()
    write()
  }

  send(message: Uint8Array): number {
    this.touch()
    this.sent.push(Buffer.from(message).toString())
    return this.outcome
  }

  getBufferedAmount(): number {
    this.touch()
    return this.buffered
  }

  end(code: number, reason: string): void {
    this.touch()
    this.ended = { code, reason }
    this.onGone(code)
  }

  close(): void {
    this.touch()
    this.ended = 'closed'
    this.onGone(1006)
  }

  private touch(): void {
    if (this.ended !== undefined) throw new Error('Invalid access of closed uWS.WebSocket/SSLWebSocket.')
  }
}
