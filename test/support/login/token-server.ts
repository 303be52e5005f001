import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request for a token. */
export interface TokenAsked {
  readonly method: string | undefined
  readonly authorization: string | undefined
  readonly form: Readonly<Record<string, string>>
}

/** A token endpoint on the loopback that can be told to fail. */
export class TokenServer {
  readonly asked: TokenAsked[] = []
  /** What it answers to each request; undefined: nothing, ever. */
  answer: (asked: TokenAsked) => { status?: number; headers?: Record<string, string>; body: string } | undefined = () => ({
    body: JSON.stringify({ access_token: `token-${this.asked.length}`, token_type: 'Bearer', expires_in: 60 }),
  })

  private readonly server = createServer((request, response) => {
    let body = ''
    request.on('data', (bytes: Buffer) => (body += bytes.toString()))
    request.on('end', () => {
      const { method, headers } = request
      const asked = { method, authorization: headers.authorization, form: Object.fromEntries(new URLSearchParams(body)) }
      this.asked.push(asked)
      const answer = this.answer(asked)
      if (answer !== undefined) response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
    })
  })

  static async start(): Promise<TokenServer> {
    const tokens = new TokenServer()
    tokens.server.listen(0, '127.0.0.1')
    await once(tokens.server, 'listening')
    return tokens
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token`
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}
