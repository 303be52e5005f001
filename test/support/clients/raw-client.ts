import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A client's side of TCP, byte by byte. */
export class RawClient {
  /** What has come, each byte as a character. */
  received = ''
  /** Whether the other side has closed its half. */
  hasEnded = false
  hasClosed = false

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.received += bytes.toString('latin1'))).on('error', () => undefined)
    socket.on('end', () => (this.hasEnded = true)).on('close', () => (this.hasClosed = true))
  }

  /** Its own half stays open until the test closes it. */
  static async connect(t: Test, port: number): Promise<RawClient> {
    const client = new RawClient(connect({ port, host: '127.0.0.1', allowHalfOpen: true }))
    t.teardown(() => client.socket.destroy())
    await once(client.socket, 'connect')
    return client
  }

  /** Asks for a WebSocket. */
  upgrade(path: string, headers: Readonly<Record<string, string>>): void {
    const key = { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    const all = { Host: 'x', Upgrade: 'websocket', Connection: 'Upgrade', ...key, ...headers }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    this.socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  }

  /** One frame, with a mask of zeros. @param first the byte with the opcode. */
  frame(first: number, text = ''): void {
    this.socket.write(Buffer.concat([Buffer.from([first, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text, 'latin1')]))
  }
}
