import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, type CryptoKey } from 'jose'

/** A key server on the loopback that can be told to fail. */
export class KeyServer {
  requests = 0
  /** The header `Authorization` of the last request. */
  login: string | undefined
  answer: { status: number; body: string } | 'never' = { status: 200, body: '{"keys":[]}' }

  private readonly server = createServer((request, response) => {
    this.requests++
    this.login = request.headers.authorization
    if (this.answer !== 'never') response.writeHead(this.answer.status).end(this.answer.body)
  })

  static async start(): Promise<KeyServer> {
    const keyServer = new KeyServer()
    keyServer.server.listen(0, '127.0.0.1')
    await once(keyServer.server, 'listening')
    return keyServer
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys?secret=of-the-url`)
  }

  /** @param alg the one algorithm that each key is for, if any. */
  async publish(keys: Record<string, CryptoKey>, alg?: string): Promise<void> {
    const entries = Object.entries(keys).map(async ([kid, key]) => ({ ...(await exportJWK(key)), kid, ...(alg !== undefined && { alg }) }))
    this.answer = { status: 200, body: JSON.stringify({ keys: await Promise.all(entries) }) }
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}
