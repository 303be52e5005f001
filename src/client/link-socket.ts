import type { SocketLike } from './api.js'
import type { Dialect } from './dialect.js'
import type { LinkEvent } from './link.js'
import { endOf } from './link-moves.js'
import { SluiceError } from './sluice-error.js'
import type { Surroundings } from './surroundings.js'

/** Where a client connects to: an address, or who knows it. */
export type Destination = string | (() => string | Promise<string>)

export interface LinkSocketParts {
  readonly destination: Destination
  readonly dialect: Dialect
  readonly around: Surroundings
  readonly clientId: () => string
}

export interface LinkSocket {
  readonly open: (token: string) => void
  /** Without waiting for its answer: what comes of it from now on is late. */
  readonly drop: () => void
  readonly send: (text: string) => void
}

interface SocketEvent {
  readonly data: unknown
  readonly code: number
  readonly reason: string
}

/**
 * The socket of a link, one at a time. What comes of another one is late, and dropped.
 * @param receive with whether it still is that of the link
 */
export function makeLinkSocket(
  { destination, dialect, around, clientId }: LinkSocketParts,
  dispatch: (event: LinkEvent) => void,
  receive: (data: unknown, isCurrent: () => boolean) => void,
): LinkSocket {
  /** A new one for each try, which has no socket until the address is known. */
  let current: { socket?: SocketLike } = {}
  const open = (token: string): void => {
    const mine: typeof current = (current = {})
    const isCurrent = (): boolean => current === mine
    const fail = (error: SluiceError): unknown => isCurrent() && dispatch({ type: 'failed', error })
    const listen = (socket: SocketLike, type: string, call: (event: SocketEvent) => void): void =>
      socket.addEventListener(type, (event: SocketEvent) => isCurrent() && call(event))
    const connect = (url: string): void => {
      if (!isCurrent()) return
      try {
        const socket = (mine.socket = around.open(dialect.address(url, clientId(), token), dialect.subprotocols(token)))
        listen(socket, 'message', ({ data }) => receive(data, isCurrent))
        listen(socket, 'close', ({ code, reason }) => {
          current = {}
          dispatch({ type: 'ended', ...endOf(code, reason) })
        })
        // 'close' follows, and says more.
        listen(socket, 'error', () => undefined)
      } catch (error) {
        fail(new SluiceError('no_websocket', String(error), true))
      }
    }
    if (typeof destination === 'string') return connect(destination)
    new Promise<string>((resolve) => resolve(destination())).then(connect, (error: unknown) => fail(new SluiceError('lost', String(error))))
  }
  const drop = (): void => {
    const { socket } = current
    current = {}
    socket?.close(1000)
  }
  return { open, drop, send: (text) => current.socket?.send(text) }
}
