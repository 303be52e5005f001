import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const lengthBytes = 4
/** The broker gives up waiting for its replicas after 30 s, and says so. */
const answerMsMax = 40_000
const connectMsMax = 10_000

/** A connection to a broker: requests whose length stands before them, and their answers, one at a time. */
export class ProduceConnection {
  private kept: Buffer = Buffer.alloc(0)
  private waiting: { readonly resolve: (answer: Buffer) => void; readonly reject: (error: Error) => void } | undefined
  private failure: Error | undefined

  private constructor(
    private readonly socket: Socket,
    private readonly address: string,
  ) {
    socket.on('data', (bytes) => this.take(bytes))
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${answerMsMax / 1000} s`)))
    socket.on('error', (error) => this.fail(error.message))
    socket.on('close', () => this.fail('closed'))
  }

  /** @throws Error where nobody listens, or the host is silent. */
  static async open(host: string, port: number): Promise<ProduceConnection> {
    const socket = connect(port, host)
    socket.setNoDelay(true)
    await connected(socket, connectMsMax)
    return new ProduceConnection(socket, `${host}:${port}`)
  }

  /** Resolves with the answer, without its length. @throws Error where the broker goes, is silent, or has not answered the last one. */
  request(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure)
      if (this.waiting !== undefined) return reject(new Error(`the broker at ${this.address} has not answered the last request`))
      this.waiting = { resolve, reject }
      this.socket.setTimeout(answerMsMax)
      this.socket.write(bytes)
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private take(bytes: Buffer): void {
    this.kept = this.kept.length === 0 ? bytes : Buffer.concat([this.kept, bytes])
    if (this.kept.length < lengthBytes) return
    const end = lengthBytes + this.kept.readInt32BE(0)
    if (this.kept.length < end) return
    const answer = this.kept.subarray(lengthBytes, end)
    this.kept = this.kept.subarray(end)
    this.socket.setTimeout(0)
    this.waiting?.resolve(answer)
    this.waiting = undefined
  }

  private fail(why: string): void {
    this.failure ??= new Error(`the connection to the broker at ${this.address} is gone: ${why}`)
    this.waiting?.reject(this.failure)
    this.waiting = undefined
  }
}

async function connected(socket: Socket, msMax: number): Promise<void> {
  socket.setTimeout(msMax, () => socket.destroy(new Error(`not connected within ${msMax / 1000} s`)))
  await once(socket, 'connect')
  socket.setTimeout(0)
  socket.removeAllListeners('timeout')
}
