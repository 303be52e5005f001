/**
 * Enters: the frames of one client's socket. Leaves: text frames within the limits, to the connection; frames and close codes, to the
 * socket. A frame that is too big, or too many frames, close the connection, and nothing is read after that.
 */
import type { Identity } from '../../authenticate/identity.js'
import type { Frame } from '../../authorize/entity-update.js'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { closeCodes, type CloseCode } from '#protocol/codes.js'
import type { AcceptedConnection, ConnectionAcceptor } from '../connection/connection-acceptor.js'
import { FrameAllowance } from './frame-allowance.js'
import type { Transport } from '../connection/transport.js'

/**
 * The part of a WebSocket that is used here; each server library has it or is adapted to it. Every call on a socket that has gone may
 * throw.
 */
export interface Socket {
  cork(write: () => void): unknown
  /** 1: sent, 0: queued, 2: dropped. */
  send(message: Uint8Array, isBinary: boolean): number
  getBufferedAmount(): number
  /** Sends the close frame behind what is queued. For the library the socket has gone at once. */
  end(code: number, reason: string): void
  close(): void
}

/** What the server library hands a WebSocket to, and tells what happens to it. */
export interface SocketOwner {
  attach(socket: Socket): void
  /** The message's bytes are only valid during the call. */
  received(message: Buffer, isBinary: boolean): void
  /** The library answers the ping itself, with as many bytes. */
  pinged(bytes: number): void
  ponged(): void
  drained(): void
  /** @param reason only where the server library closed the socket; a client's own reason may say anything. */
  gone(code: number, reason?: string): void
}

export interface ClientSocketLimits {
  readonly frameBytesMax: number
  /** The limit of frames, pings and pongs included. */
  readonly framesPerSecondMax: number
}

/** A client that reads at all takes a full mailbox within this time. A client that does not gets no close code. */
const lingerMs = 10_000

/** The library answers pings by itself, past every mailbox. This many bytes of pongs may wait for a client that pings and never reads. */
const pongBytesMax = 64 * 1024

/** A pong repeats the ping's payload, behind a header of this size. */
const pongHeaderBytes = 2

export class ClientSocket implements Transport, SocketOwner {
  /** Undefined once the socket has gone, as touching it would throw. */
  private socket: Socket | undefined
  private connection: AcceptedConnection | undefined
  private closing: CloseCode | undefined
  /**
   * Whether the close code was sent. Then the kernel keeps the socket until the client answers the code; a socket that was cut off is gone
   * at once.
   */
  private hasEnded = false
  private allowance: FrameAllowance
  private pongBytes = 0
  private cancelLinger: (() => void) | undefined

  constructor(
    private readonly identity: Identity,
    private readonly limits: ClientSocketLimits,
    private readonly parts: { readonly clock: Clock; readonly log: Log },
  ) {
    this.allowance = new FrameAllowance(limits.framesPerSecondMax, parts.clock)
  }

  attach(socket: Socket): void {
    this.socket = socket
  }

  /** Hands the client to the acceptor, unless its socket has already gone. */
  open(acceptor: ConnectionAcceptor): void {
    if (this.socket !== undefined) this.connection = acceptor.accept(this.identity, this)
  }

  cork(write: () => void): void {
    this.socket?.cork(write)
  }

  send(frame: Frame): void {
    if (this.closing !== undefined) return
    const outcome = this.socket?.send(frame.bytes, false)
    // The server is set up so that nothing is ever dropped. If it is all the same, the client would miss a frame without knowing.
    if (outcome === 2) this.cut(closeCodes.internal_error)
  }

  bufferedBytes(): number {
    return this.socket?.getBufferedAmount() ?? 0
  }

  /**
   * Waits until everything sent before has left this process, as only then the socket's memory is free. Otherwise a client that takes its
   * last bytes one at a time would hold that memory for as long as it likes, beyond the limit of connections.
   */
  close(close: CloseCode): void {
    if (this.closing !== undefined || this.socket === undefined) return
    this.closing = close
    this.allowance = new FrameAllowance(this.limits.framesPerSecondMax, this.parts.clock)
    if (this.socket.getBufferedAmount() === 0) this.end(close)
    else this.cancelLinger = this.parts.clock.after(lingerMs, () => this.socket?.close())
  }

  cut(close: CloseCode): void {
    this.closing ??= close
    this.socket?.close()
  }

  received(message: Buffer, isBinary: boolean): void {
    if (this.closing === undefined && message.byteLength > this.limits.frameBytesMax) return this.close(closeCodes.message_too_big)
    if (!this.admits(message.byteLength)) return
    if (isBinary) this.connection?.receiveBinary()
    else this.connection?.receiveText(message.toString())
  }

  pinged(bytes: number): void {
    if (!this.admits(bytes)) return
    if (this.bufferedBytes() === 0) this.pongBytes = 0
    this.pongBytes += bytes + pongHeaderBytes
    if (this.pongBytes > pongBytesMax) this.close(closeCodes.too_slow)
  }

  ponged(): void {
    this.admits(0)
  }

  drained(): void {
    if (this.closing === undefined) this.connection?.drained()
    else if (this.bufferedBytes() === 0) this.end(this.closing)
  }

  /** The connection is told in a later tick, as this may be called from inside `close` or `send`. */
  gone(code: number, reason?: string): void {
    const { sub, clientId } = this.identity
    this.parts.log.debug({ sub, client_id: clientId, code, ...(reason !== undefined && { reason }) }, 'A socket has gone.')
    this.socket = undefined
    this.cancelLinger?.()
    this.parts.clock.nextTick(() => this.connection?.closed(this.closing?.code ?? code, this.closing !== undefined, this.hasEnded))
  }

  private end({ code, reason }: CloseCode): void {
    // Set before the call, as the library reports the socket gone during it.
    this.hasEnded = true
    this.socket?.end(code, reason)
  }

  /** Whether a frame is to be handled. A client that goes on flooding while its last bytes wait is cut off. */
  private admits(bytes: number): boolean {
    const withinLimit = this.allowance.spend(bytes)
    if (this.closing === undefined) {
      if (!withinLimit) this.close(closeCodes.flooded)
      return withinLimit
    }
    if (!withinLimit) this.socket?.close()
    return false
  }
}
