import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import { type AdminAnswer, AdminRefusal, type AdminRequest, type AdminRoutes, jsonAnswer } from './admin-answer.js'

// Enters: requests of operators, on a port of their own. Leaves: the answer of the route that they name.

export interface AdminServerOptions {
  readonly routes: AdminRoutes
  /** Further connections are refused: only a client that never closes its connections needs more. */
  readonly connectionsMax: number
  readonly log: Log
}

/** A policy of ten thousand rules has a megabyte. */
const bodyBytesMax = 2 * 1024 * 1024

const tooLarge: AdminAnswer = {
  ...jsonAnswer(413, { error: 'too_large', message: `The body has more than ${bodyBytesMax} bytes; no more is read.` }),
  headers: { Connection: 'close' },
}

export class AdminServer {
  private readonly server = createServer((request, response) => void this.handle(request, response))

  constructor(private readonly options: AdminServerOptions) {
    this.server.maxConnections = options.connectionsMax
  }

  /** Resolves with the port, which the system has chosen where `port` is 0. @throws ConfigurationError */
  async listen(host: string, port: number): Promise<number> {
    try {
      await once(this.server.listen(port, host), 'listening')
    } catch (error) {
      const { message } = error as Error
      throw new ConfigurationError(`ADMIN_HOST and ADMIN_PORT: the admin server cannot listen on ${host}:${port}: ${message}.`, {
        cause: error,
      })
    }
    this.server.on('error', (err) => this.options.log.warn({ err }, 'The admin server could not take a connection.'))
    return (this.server.address() as AddressInfo).port
  }

  /** Cuts off open requests. */
  async close(): Promise<void> {
    if (!this.server.listening) return
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    await closed
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body, headers } = await this.answer(request)
    const always = { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), 'X-Content-Type-Options': 'nosniff' }
    response.writeHead(status, { 'Cache-Control': 'no-store', ...headers, ...always })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  private async answer(request: IncomingMessage): Promise<AdminAnswer> {
    try {
      return await this.routed(request)
    } catch (err) {
      if (err instanceof AdminRefusal) return err.answer
      this.options.log.error({ err, path: pathOf(request) }, 'The admin server could not answer.')
      return jsonAnswer(500, { error: 'internal_error', message: 'This failed here; the log says why.' })
    }
  }

  private async routed(request: IncomingMessage): Promise<AdminAnswer> {
    const { routes } = this.options
    const path = pathOf(request)
    const method = request.method === 'HEAD' ? 'GET' : request.method!
    const route = routes[`${method} ${path}`]
    if (route !== undefined) return await route(askedBy(request, path))
    const other = ['GET', 'POST'].find((one) => `${one} ${path}` in routes)
    if (other !== undefined) return jsonAnswer(405, { error: 'method_not_allowed', message: `This is asked by ${other}.` })
    return jsonAnswer(404, { error: 'not_found', message: this.whatThereIs(path) })
  }

  private whatThereIs(path: string): string {
    if (!('GET /api/session' in this.options.routes))
      return 'There are /metrics, /healthz and /readyz. There is no console: ADMIN_TOKEN_FILE says who may look at one.'
    return path.startsWith('/api/')
      ? 'The console answers nothing at this path.'
      : 'There are /metrics, /healthz, /readyz, and the console at /.'
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0]!
}

function askedBy(request: IncomingMessage, path: string): AdminRequest {
  const { url = '/', headers, socket } = request
  const query = new URLSearchParams(url.slice(path.length))
  return { path, query, headers, address: socket.remoteAddress ?? '', body: () => bodyOf(request) }
}

/** What comes beyond the limit is not read; the answer ends the connection. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > bodyBytesMax) throw new AdminRefusal(tooLarge)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
