import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import type { Meter } from './meter.js'
import { Metrics } from './metrics.js'

// Enters: requests of operators, on a port of their own. Leaves: the process's metrics, and whether it is ready with the reasons, which the
// port for clients does not give.

export interface AdminServerOptions {
  readonly meter: Meter
  /** The whole answer of `/readyz`, for people, without secrets. */
  readonly status: () => { readonly ready: boolean }
  /** Further connections are refused: only a client that never closes its connections needs more. */
  readonly connectionsMax: number
  readonly log: Log
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export class AdminServer {
  private readonly metrics: Metrics
  private readonly server = createServer((request, response) => void this.handle(request, response))

  constructor(private readonly options: AdminServerOptions) {
    this.metrics = new Metrics(options.meter)
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
    const { status, contentType, body } = await this.answer(request)
    response.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store', 'Content-Length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  private async answer({ method, url = '/' }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'method_not_allowed' })
    try {
      return await this.page(url.split('?', 1)[0]!)
    } catch (err) {
      this.options.log.error({ err, url }, 'The admin server could not answer.')
      return json(500, { error: 'internal_error' })
    }
  }

  private async page(path: string): Promise<Answer> {
    if (path === '/metrics') return { status: 200, contentType: this.metrics.contentType, body: await this.metrics.text() }
    if (path === '/healthz') return json(200, { status: 'ok' })
    if (path !== '/readyz') return json(404, { error: 'not_found', message: 'There are /metrics, /healthz and /readyz.' })
    const status = this.options.status()
    return json(status.ready ? 200 : 503, status)
  }
}

function json(status: number, body: object): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}
