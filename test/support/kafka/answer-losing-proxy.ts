import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { freePort } from '../real-parts/jvm.js'

/**
 * Stands before a broker's listener, whose clients are told to come to it. It can keep the broker's answers to itself: then the broker has done what
 * it was asked to, and whoever asked does not know. And it can change them on the way.
 */
export class AnswerLosingProxy {
  private readonly sockets = new Set<Socket>()
  private isLosing = false
  private lostBytes = 0
  /** After so many bytes of answers a connection is cut, also in the midst of one. Asked for each connection. */
  bytesUntilCut: () => number = () => Infinity
  /** Connections that were cut for it. */
  cuts = 0
  /** What becomes of a piece of the broker's answers. */
  alter: (bytes: Buffer) => Buffer = (bytes) => bytes

  private constructor(
    private readonly server: Server,
    /** Where the broker listens. */
    readonly brokerPort: number,
  ) {
    server.on('connection', (client) => this.accept(client))
  }

  static async start(): Promise<AnswerLosingProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new AnswerLosingProxy(server, await freePort())
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  get hasLostAnAnswer(): boolean {
    return this.lostBytes > 0
  }

  loseAnswers(): void {
    this.isLosing = true
    this.lostBytes = 0
  }

  /** Cuts all connections and is honest again. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy()
    this.isLosing = false
  }

  stop(): void {
    this.server.close()
    this.cut()
  }

  private cutAfter(client: Socket, bytes: Buffer): void {
    if (!client.writable) return
    client.end(this.alter(bytes))
    this.cuts++
  }

  private accept(client: Socket): void {
    const broker = connect(this.brokerPort, '127.0.0.1')
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.sockets.add(one)
      one.on('error', () => undefined) // A broker that is killed resets its connections.
      one.on('close', () => {
        this.sockets.delete(one)
        if (!this.isLosing) other.destroy()
      })
    }
    client.on('data', (bytes) => broker.write(bytes))
    let bytesLeft = this.bytesUntilCut()
    broker.on('data', (bytes) => {
      if (this.isLosing) this.lostBytes += bytes.length
      else if (bytes.length < bytesLeft) client.write(this.alter(bytes))
      else this.cutAfter(client, bytes.subarray(0, bytesLeft))
      bytesLeft -= bytes.length
    })
  }
}
