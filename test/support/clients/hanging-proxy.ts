import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A network that may cut its connections, or stop to carry what is sent on them without telling anybody. New ones are carried. */
export class HangingProxy {
  private readonly ends = new Set<readonly [Socket, Socket]>()

  private constructor(readonly port: number) {}

  static async start(t: Test, portBehind: number): Promise<HangingProxy> {
    const server = createServer((client) => proxy.carry(client, connect(portBehind, '127.0.0.1')))
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
    const proxy = new HangingProxy((server.address() as { port: number }).port)
    t.teardown(() => {
      server.close()
      proxy.cut()
    })
    return proxy
  }

  hang(): void {
    for (const [client, server] of this.ends) {
      client.unpipe(server)
      server.unpipe(client)
    }
  }

  goOn(): void {
    for (const [client, server] of this.ends) client.pipe(server).pipe(client)
  }

  /** Ends all connections, for both sides. */
  cut(): void {
    for (const sockets of this.ends) for (const socket of sockets) socket.destroy()
    this.ends.clear()
  }

  private carry(client: Socket, server: Socket): void {
    const both = [client, server] as const
    this.ends.add(both)
    for (const socket of both) {
      socket.on('error', () => undefined)
      socket.on('close', () => both.forEach((one) => one.destroy()))
    }
    client.pipe(server).pipe(client)
  }
}
