import type { Clock } from '#clock.js'
import { writeBatch } from '#protocol/batch.js'
import { httpErrors, type HttpErrorCode } from '#protocol/codes.js'
import type { Subprotocol } from '#protocol/dialect.js'
import { refusalMessage } from '#protocol/http-refusal.js'
import { writeMessage } from '#protocol/message.js'
import type { Socket, SocketOwner } from './client-socket.js'
import type { WaitingSockets } from './waiting-sockets.js'

/**
 * After our close frame a socket lives on until the client closes its side or the kernel gives up: about this long. So long it counts among
 * those that have shown no good token.
 */
const lingerMs = 15_000

/** Of the sockets that may wait: the rest is for those who have still to show their token. */
const share = 1 / 4

/** A socket that is closed as soon as it is there. What its client says meanwhile is read by nobody. */
class RefusedSocket implements SocketOwner {
  private socket: Socket | undefined

  attach(socket: Socket): void {
    this.socket = socket
  }

  gone(): void {
    this.socket = undefined
  }

  close(code: number, reason: string, message: Uint8Array | undefined): void {
    if (message !== undefined) this.socket?.send(message, false)
    this.socket?.end(code, reason)
  }

  received(): void {}
  pinged(): void {}
  ponged(): void {}
  drained(): void {}
}

/** Tells clients in browsers why they are refused. These sockets count among the waiting ones, and are no connections. */
export class RefusedSockets {
  private count = 0
  private readonly max: number

  constructor(
    waitingSocketsMax: number,
    private readonly parts: { readonly clock: Clock; readonly random: () => number },
    private readonly waitingSockets: Pick<WaitingSockets, 'upgraded'>,
  ) {
    this.max = Math.floor(waitingSocketsMax * share)
  }

  /** Answers false where it cannot be told so. @param accept makes the request a WebSocket. */
  close(error: HttpErrorCode, subprotocol: Subprotocol, accept: (owner: SocketOwner) => void): boolean {
    const refusal: { readonly close?: number; readonly message: string } = httpErrors[error]
    if (refusal.close === undefined || this.count >= this.max) return false
    this.count++
    const { clock, random } = this.parts
    clock.after(lingerMs, () => {
      this.count--
      this.waitingSockets.upgraded()
    })
    const socket = new RefusedSocket()
    accept(socket)
    socket.close(refusal.close, refusal.message, messageBytes(error, subprotocol, random()))
    return true
  }
}

function messageBytes(error: HttpErrorCode, subprotocol: Subprotocol, chance: number): Uint8Array | undefined {
  const message = refusalMessage(error, chance)
  if (message === undefined) return undefined
  const bytes = Buffer.from(writeMessage(message, 'sluice.v1'))
  return subprotocol === 'sluice.v1.batch' ? writeBatch([bytes]) : bytes
}
