import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { connectionEstablished, writeMessage } from '#protocol/message.js'

/** What a test does with a connection, and with the frames that come on it. */
export interface Script {
  /** Answers the upgrade with this instead of a WebSocket, while it is set. */
  refusal?: { readonly status: number; readonly body: string } | undefined
  /** Called with each client's frame; the number counts connections from 1. */
  onFrame(socket: WebSocket, frame: Record<string, unknown>, connection: number): void
}

/** A gateway that does what the test says, with the connections that it has had. */
export class ScriptedGateway {
  readonly requests: IncomingMessage[] = []
  readonly sockets: WebSocket[] = []
  private readonly server = createServer()
  private readonly upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => 'sluice.v1' })

  private constructor(private readonly script: Script) {
    this.server.on('upgrade', (request, stream, head) => {
      this.requests.push(request)
      const { refusal } = this.script
      if (refusal !== undefined) {
        const length = Buffer.byteLength(refusal.body)
        return void stream.end(`HTTP/1.1 ${refusal.status} No\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${refusal.body}`)
      }
      this.upgrades.handleUpgrade(request, stream, head, (socket) => this.accept(socket))
    })
  }

  static async start(script: Script): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway(script)
    gateway.server.listen(0, '127.0.0.1')
    await once(gateway.server, 'listening')
    return gateway
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private accept(socket: WebSocket): void {
    const connection = this.sockets.push(socket)
    socket.send(writeMessage(connectionEstablished('x'), 'sluice.v1'))
    socket.on('message', (data: Buffer) => this.script.onFrame(socket, JSON.parse(data.toString()) as Record<string, unknown>, connection))
  }
}

export function answer(socket: WebSocket, message: Record<string, unknown>): void {
  socket.send(JSON.stringify(message))
}
