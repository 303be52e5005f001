import type { Socket as NetSocket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Socket, SocketOwner } from '../client-socket.js'
import { type FrameBuffer, writeApart } from './frame-buffer.js'

const sent = 1

/** The code of a socket that was cut off; no client can send it (RFC 6455, 7.4.1). */
const abnormalClosure = 1006

/** `WebSocket.OPEN`, without the library. */
const open = 1

/** What is kept back until the end of a tick; what is more leaves before. */
const tickBytesMax = 16 * 1024

const notInTick = -1

const nothing = Buffer.alloc(0)

/** A WebSocket of `ws` as `ClientSocket` knows sockets. Frames are written past `ws`; all else goes by it. */
export class WsSocket implements Socket {
  /** Undefined once it was told that the socket has gone. */
  private owner: SocketOwner | undefined
  /** For how many looks of the heartbeat nothing was heard. */
  quietFor = 0
  /** Whether somebody was told that bytes wait, and is to be told when they have left. */
  private isAwaited = false
  /** The bytes that waited when the answers of this tick began to be kept back. */
  private waitedAtTick = notInTick

  /** @param socket the one below the WebSocket. */
  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: NetSocket,
    owner: SocketOwner,
    private readonly buffer: FrameBuffer,
  ) {
    this.owner = owner
    webSocket.on('message', (message, isBinary) => this.received(message as Buffer, isBinary))
    webSocket.on('ping', (payload) => this.pinged(payload))
    webSocket.on('pong', () => this.ponged())
    webSocket.on('error', ({ message }) => this.failed(message))
    webSocket.on('close', (code) => this.leave(code))
  }

  cork(write: () => void): void {
    if (!this.buffer.take(this.socket)) return this.corkPlainly(write)
    try {
      write()
    } finally {
      this.buffer.giveBack()
    }
  }

  send(message: Uint8Array, isBinary: boolean): number {
    // Behind the client's own close frame nothing is for anybody.
    if (this.webSocket.readyState !== open) return sent
    if (this.buffer.isWith(this.socket)) this.buffer.add(message, isBinary)
    else if (this.buffer.take(this.socket)) {
      this.buffer.add(message, isBinary)
      this.buffer.giveBack()
    } else writeApart(this.socket, message, isBinary)
    if (this.waitedAtTick !== notInTick && this.socket.writableLength - this.waitedAtTick > tickBytesMax) this.renewTick()
    return sent
  }

  /**
   * Without what is kept back, which the kernel has not been offered yet. Who is told of some is told when it has left, by the callback of an
   * empty write behind it. Node's own `drain` comes only after 16 or 64 kB, and a callback of each write costs 0.3 µs.
   */
  getBufferedAmount(): number {
    const bytes = this.waitedAtTick === notInTick ? this.socket.writableLength : this.waitedAtTick
    if (bytes > 0 && !this.isAwaited && this.socket.writable) {
      this.isAwaited = true
      this.socket.write(nothing, this.drained)
    }
    return bytes
  }

  /**
   * The socket lives on until the client closes its side, or `ws` gives it up. What arrives meanwhile is read by nobody: a client that goes
   * on flooding would be taken apart frame by frame.
   */
  end(code: number, reason: string): void {
    if (this.buffer.isWith(this.socket)) this.buffer.flush()
    this.webSocket.close(code, reason)
    this.socket.removeAllListeners('data')
    this.socket.resume()
    this.socket.end()
    this.leave(code)
  }

  close(): void {
    this.webSocket.terminate()
    this.leave(abnormalClosure)
  }

  /** What is written until the input that has just arrived has been handled leaves in one write. */
  corkForTick(): void {
    if (this.waitedAtTick !== notInTick) return
    this.waitedAtTick = this.socket.writableLength
    this.socket.cork()
    process.nextTick(endTick, this)
  }

  endTick(): void {
    this.waitedAtTick = notInTick
    this.socket.uncork()
  }

  ping(): void {
    if (this.webSocket.readyState === open) this.webSocket.ping(undefined, false)
  }

  /** Made once for each connection, as it is called in place. */
  private readonly drained = (): void => {
    this.isAwaited = false
    this.quietFor = 0
    this.owner?.drained()
  }

  private renewTick(): void {
    this.socket.uncork()
    this.waitedAtTick = this.socket.writableLength
    this.socket.cork()
  }

  /** While another connection has the buffer, as one may close another. */
  private corkPlainly(write: () => void): void {
    this.socket.cork()
    try {
      write()
    } finally {
      this.socket.uncork()
    }
  }

  private received(message: Buffer, isBinary: boolean): void {
    this.quietFor = 0
    if (this.owner === undefined) return
    this.corkForTick()
    this.owner.received(message, isBinary)
  }

  private pinged(payload: Buffer): void {
    this.quietFor = 0
    if (this.owner === undefined) return
    this.corkForTick()
    if (this.webSocket.readyState === open) this.webSocket.pong(payload, false)
    this.owner.pinged(payload.byteLength)
  }

  private ponged(): void {
    this.quietFor = 0
    this.owner?.ponged()
  }

  /** The client broke the protocol. `ws` has sent a close frame that says so. */
  private failed(reason: string): void {
    this.webSocket.terminate()
    this.leave(abnormalClosure, reason)
  }

  private leave(code: number, reason?: string): void {
    const { owner } = this
    this.owner = undefined
    owner?.gone(code, reason)
  }
}

function endTick(socket: WsSocket): void {
  socket.endTick()
}
