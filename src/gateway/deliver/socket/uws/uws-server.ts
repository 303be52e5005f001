import type * as Uws from 'uWebSockets.js'
import { ConfigurationError } from '#errors.js'
import { clientPath } from '#protocol/client-address.js'
import { certificateFault } from '../certificate-fault.js'
import type { SocketOwner } from '../client-socket.js'
import type { HttpAnswer } from '../http-answer.js'
import { routeAnswer } from '../routes.js'
import { frameBytesCeiling, headerBytesMax, type Server, type ServerOptions, type ServerParts } from '../server.js'
import { Upgrades } from '../upgrades.js'
import { WaitingSockets } from '../waiting-sockets.js'
import { IdleResponse } from './idle-response.js'
import { listenFailure } from './listen-failure.js'
import { copyPlainRequest, copyUpgradeRequest } from './copy-request.js'

/** `LIBUS_LISTEN_EXCLUSIVE_PORT`: without it a second process can listen on the same port, and gets half of the connections. */
const exclusivePort = 1

/** The library's code for a close without one; no client can send it (RFC 6455, 7.4.1). */
const abnormalClosure = 1006

/** The form of `listen` with a host and options, which the library has and its types lack. */
type Listen = (host: string, port: number, options: number, listening: (socket: Uws.us_listen_socket | false) => void) => void

interface UserData {
  readonly client: SocketOwner
}

/** The server on uWebSockets.js, which this file alone knows. */
export class UwsServer implements Server {
  readonly library = 'uWebSockets.js'
  private readonly app: Uws.TemplatedApp
  private readonly idleResponse: IdleResponse
  private readonly upgrades: Upgrades
  private listenSocket: Uws.us_listen_socket | undefined

  /** @throws ConfigurationError where the certificate cannot be used; as `loadLibrary` where no library is given. */
  static async create(options: ServerOptions, parts: ServerParts, library?: typeof Uws): Promise<UwsServer> {
    return new UwsServer(library ?? (await loadLibrary()), options, parts)
  }

  private constructor(
    private readonly uws: typeof Uws,
    private readonly options: ServerOptions,
    parts: ServerParts,
  ) {
    const waitingSockets = new WaitingSockets(options.waitingSocketsMax, parts)
    this.upgrades = new Upgrades(options, parts, waitingSockets)
    this.idleResponse = new IdleResponse(uws)
    this.app = createApp(uws, options.tls)
      .filter((res, change) => waitingSockets.changed(change, () => res.close()))
      .ws<UserData>(`${clientPath}*`, this.webSocketBehavior())
      .any('/*', (res, req) => {
        const request = copyPlainRequest(req)
        sendAnswer(res, request.method, routeAnswer(request, parts))
      })
  }

  async listen(host: string, port: number): Promise<number> {
    await this.idleResponse.open()
    const socket = await new Promise<Uws.us_listen_socket | false>((resolve) => {
      ;(this.app.listen as unknown as Listen).call(this.app, host, port, this.options.portShared ? 0 : exclusivePort, resolve)
    })
    if (socket === false) throw await listenFailure(host, port)
    this.listenSocket = socket
    return this.uws.us_socket_local_port(socket)
  }

  stopListening(): void {
    if (this.listenSocket !== undefined) this.uws.us_listen_socket_close(this.listenSocket)
    this.listenSocket = undefined
  }

  close(): void {
    this.listenSocket = undefined
    this.idleResponse.close()
    this.app.close()
  }

  private webSocketBehavior(): Uws.WebSocketBehavior<UserData> {
    const { options } = this
    return {
      maxPayloadLength: frameBytesCeiling(options),
      idleTimeout: options.idleTimeoutSeconds,
      sendPingsAutomatically: true,
      // No limit: each connection keeps its own account, and with a limit the close code of a full socket would be lost.
      maxBackpressure: 0,
      closeOnBackpressureLimit: false,
      // Compressing each client's copy of a frame costs more than encoding it, which is done once for all of them.
      compression: 0,
      upgrade: (res, req, context) => this.upgrade(res, req, context),
      open: (socket) => socket.getUserData().client.attach(socket),
      message: (socket, message, isBinary) => socket.getUserData().client.received(Buffer.from(message), isBinary),
      ping: (socket, message) => socket.getUserData().client.pinged(message.byteLength),
      pong: (socket) => socket.getUserData().client.ponged(),
      drain: (socket) => socket.getUserData().client.drained(),
      close: (socket, code, reason) => {
        // Where the library itself cut the client off, as on invalid UTF-8, its reason says why.
        const why = code === abnormalClosure ? Buffer.from(reason).toString() : undefined
        socket.getUserData().client.gone(code, why)
      },
    }
  }

  private upgrade(res: Uws.HttpResponse, req: Uws.HttpRequest, context: Uws.us_socket_context_t): void {
    // The request is only valid until this function returns.
    const request = copyUpgradeRequest(req)
    const key = req.getHeader('sec-websocket-key')
    const extensions = req.getHeader('sec-websocket-extensions')
    let isAborted = false
    res.onAborted(() => (isAborted = true))
    void this.upgrades.decide({
      request,
      isGone: () => isAborted,
      refuse: (refusal) => res.cork(() => sendAnswer(res, 'get', refusal)),
      accept: (client, subprotocol = '') =>
        this.idleResponse.cork(res, () => res.upgrade<UserData>({ client }, key, subprotocol, extensions, context)),
    })
  }
}

/** @throws ConfigurationError where the library is not installed or does not run on this Node. */
export async function loadLibrary(): Promise<typeof Uws> {
  // The library reads this variable once, when it is loaded; without it, headers beyond 4 kB get a bare 431.
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] = String(headerBytesMax)
  try {
    return await import('uWebSockets.js')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND')
      throw new ConfigurationError('uWebSockets.js is not installed.', { cause })
    const { version, platform, arch } = process
    throw new ConfigurationError(`uWebSockets.js has no binary for Node ${version} on ${platform} ${arch}.`, { cause })
  }
}

function createApp(uws: typeof Uws, tls: ServerOptions['tls']): Uws.TemplatedApp {
  if (tls === undefined) return uws.App()
  try {
    return uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile })
  } catch (cause) {
    throw certificateFault(tls, cause)
  }
}

/**
 * Answers and hangs up. The library would go on reading from the socket for as long as there is more, so that one client with pipelined
 * requests, or with a body that never ends, would hold up everybody else.
 * @param method in lower case.
 */
function sendAnswer(res: Uws.HttpResponse, method: string, { status, headers, body }: HttpAnswer): void {
  const hangsUp = true
  res.writeStatus(status)
  for (const [name, value] of Object.entries(headers)) res.writeHeader(name, value)
  // The library's own way to send a length without a body cannot hang up.
  res.end(method === 'head' ? '' : body, hangsUp)
}
