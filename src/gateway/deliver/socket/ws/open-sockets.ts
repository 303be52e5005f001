import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { WaitingSockets } from '../waiting-sockets.js'

/** Every socket that a server of Node's has accepted, and which of them have not become WebSockets yet. */
export class OpenSockets {
  private readonly sockets = new Set<Socket>()
  private readonly waiting = new Set<Socket>()

  constructor(
    server: HttpServer,
    private readonly waitingSockets: Pick<WaitingSockets, 'changed'>,
  ) {
    server.on('connection', (socket: Socket) => this.accepted(socket))
    if (server instanceof TlsServer) {
      // Of each socket that Node has begun to speak TLS on it tells one or the other.
      server.on('secureConnection', (socket: Socket) => this.follow(socket))
      server.on('tlsClientError', () => this.waitingSockets.changed(-1, () => undefined))
    } else server.on('connection', (socket: Socket) => this.follow(socket))
  }

  /** It is counted no longer among those that wait. */
  upgraded(socket: Socket): void {
    this.waiting.delete(socket)
  }

  destroyAll(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  private accepted(socket: Socket): void {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    this.waitingSockets.changed(1, () => socket.destroy())
  }

  private follow(socket: Socket): void {
    this.waiting.add(socket)
    socket.once('close', () => {
      if (this.waiting.delete(socket)) this.waitingSockets.changed(-1, () => undefined)
    })
  }
}
