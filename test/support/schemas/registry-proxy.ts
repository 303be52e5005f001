import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** What becomes of a registration: it is refused, it never reaches the registry, or its answer is lost on the way back. */
export type Mishap = 'refused' | 'failing' | 'answer lost'

/** Stands before a real registry and lets one registration go wrong, counted from 1. Requests that only ask pass. */
export class RegistryProxy {
  /** What has been asked, in order: `POST /subjects/order/versions`. */
  readonly asked: string[] = []
  private registrations = 0

  private constructor(
    private readonly registryUrl: string,
    private readonly mishap: Mishap,
    private readonly at: number,
    private readonly server: Server,
  ) {}

  static async start(t: Test, registryUrl: string, mishap: Mishap, at: number): Promise<RegistryProxy> {
    const server = createServer((request, response) => void proxy.answer(request, response))
    const proxy = new RegistryProxy(registryUrl, mishap, at, server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request
    this.asked.push(`${method} ${decodeURIComponent(url.split('?')[0]!)}`)
    const body = await text(request)
    const isRegistration = method === 'POST' && url.startsWith('/subjects/') && url.split('?')[0]!.endsWith('/versions')
    const goesWrong = isRegistration && ++this.registrations === this.at
    if (goesWrong && this.mishap === 'refused') end(response, 409, JSON.stringify({ error_code: 409, message: 'by the proxy' }))
    else if (goesWrong && this.mishap === 'failing') end(response, 500, '{}')
    else {
      const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
      const answer = await fetch(`${this.registryUrl}${url}`, { method, headers, ...(body !== '' && { body }) })
      const came = await answer.text()
      if (goesWrong) response.destroy()
      else end(response, answer.status, came)
    }
  }
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(body)
}
