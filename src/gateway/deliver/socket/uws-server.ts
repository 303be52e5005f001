/**
 * Enters: HTTP requests and WebSockets. Leaves: sockets whose token is good, to the acceptor. What is refused gets a JSON
 * answer with its code; a port or certificate that cannot be used is a ConfigurationError at the start.
 */
import type * as Uws from 'uWebSockets.js'
import { Admission, type UpgradeRequest } from '../../authenticate/admission.js'
import type { Identity } from '../../authenticate/identity.js'
import type { TokenVerifier } from '../../authenticate/token-verifier.js'
import type { Clock } from '#clock.js'
import { ConfigurationError } from '#errors.js'
import type { HttpErrorCode } from '#protocol/codes.js'
import type { Log } from '#log.js'
import { Meter } from '../../observe/meter.js'
import { ClientSocket, type ClientSocketLimits } from './client-socket.js'
import type { ConnectionAcceptor } from '../connection/connection-acceptor.js'
import { healthAnswer, refusalAnswer, type HttpAnswer } from './http-answer.js'
import { IdleResponse } from './idle-response.js'
import { listenFailure } from './listen-failure.js'
import { upgradeRequestOf } from './upgrade-request.js'
import { WaitingSockets } from './waiting-sockets.js'

export interface UwsServerOptions extends ClientSocketLimits {
  /** 0 (never) or 9 to 960. A ping goes out well before; who answers neither it nor anything else is cut off. */
  readonly idleTimeoutSeconds: number
  /** Sockets that have not said yet whose they are. */
  readonly waitingSocketsMax: number
  /** Empty: any. */
  readonly allowedOrigins: readonly string[]
  /** Paths of PEM files; without them the server speaks plain `ws`. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined
}

export interface UwsServerParts {
  readonly acceptor: ConnectionAcceptor
  readonly verifier: TokenVerifier
  /** What `/readyz` answers. */
  readonly isReady: () => boolean
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
}

/** All headers of a request together: a token of 6 kB, and as much again for what proxies and browsers add. */
const headerBytesMax = 16 * 1024

/**
 * The library cuts off a frame beyond its own ceiling without a close code; below it, the code 1009 can be sent. Each
 * client may make the server hold this much, so it is not higher.
 */
const frameBytesCeiling = 1024 * 1024

/** Upgrades that wait for the keys of a slow key server hold their headers: 64 MB together. */
const pendingUpgradesMax = 4096

/** `LIBUS_LISTEN_EXCLUSIVE_PORT`: without it a second process on the port is given half of the connections, silently. */
const exclusivePort = 1

/** Stands for a close without a code, which no client can send (RFC 6455, 7.4.1). */
const abnormalClosure = 1006

/** The package's types lack the form of `listen` with a host and options, which the library has. */
type Listen = (host: string, port: number, options: number, listening: (socket: Uws.us_listen_socket | false) => void) => void

interface UserData {
  readonly identity: Identity
  readonly client: ClientSocket
}

export class UwsServer {
  private readonly app: Uws.TemplatedApp
  private readonly admission: Admission
  private readonly idleResponse: IdleResponse
  private readonly waitingSockets: WaitingSockets
  private listenSocket: Uws.us_listen_socket | undefined
  private pendingUpgrades = 0

  /** @throws ConfigurationError where the library is not installed or does not run on this Node, or the certificate cannot be used. */
  static async create(options: UwsServerOptions, parts: UwsServerParts): Promise<UwsServer> {
    return new UwsServer(await loadLibrary(), options, parts)
  }

  private constructor(
    private readonly uws: typeof Uws,
    private readonly options: UwsServerOptions,
    private readonly parts: UwsServerParts,
  ) {
    this.idleResponse = new IdleResponse(uws)
    this.admission = new Admission(parts.verifier, options.allowedOrigins)
    this.waitingSockets = new WaitingSockets(options.waitingSocketsMax, parts)
    this.app = createApp(uws, options.tls)
      .filter((res, change) => this.waitingSockets.changed(change, () => res.close()))
      .ws<UserData>('/ws/*', this.webSocketBehavior())
      .get('/healthz', (res) => answer(res, 'get', healthAnswer(true)))
      .head('/healthz', (res) => answer(res, 'head', healthAnswer(true)))
      .get('/readyz', (res) => answer(res, 'get', healthAnswer(parts.isReady())))
      .head('/readyz', (res) => answer(res, 'head', healthAnswer(parts.isReady())))
      .any('/*', (res, req) => answer(res, req.getMethod(), refusalAnswer('not_found')))
  }

  /** Resolves with the port, which is another one than asked for where that was 0. @throws ConfigurationError */
  async listen(host: string, port: number): Promise<number> {
    await this.idleResponse.open()
    const socket = await new Promise<Uws.us_listen_socket | false>((resolve) => {
      ;(this.app.listen as unknown as Listen).call(this.app, host, port, exclusivePort, resolve)
    })
    if (socket === false) throw await listenFailure(host, port)
    this.listenSocket = socket
    return this.uws.us_socket_local_port(socket)
  }

  /** Takes no further connections; those that are open stay. */
  stopListening(): void {
    if (this.listenSocket !== undefined) this.uws.us_listen_socket_close(this.listenSocket)
    this.listenSocket = undefined
  }

  /** Cuts off whoever is still connected. */
  close(): void {
    this.listenSocket = undefined
    this.idleResponse.close()
    this.app.close()
  }

  private webSocketBehavior(): Uws.WebSocketBehavior<UserData> {
    const { options } = this
    return {
      maxPayloadLength: Math.max(frameBytesCeiling, options.frameBytesMax * 2),
      idleTimeout: options.idleTimeoutSeconds,
      sendPingsAutomatically: true,
      // No limit: each connection keeps its own account, and with a limit the close code of a full socket would be lost.
      maxBackpressure: 0,
      closeOnBackpressureLimit: false,
      // Compressing each client's copy of a frame costs more than encoding it, which is done once for all of them.
      compression: 0,
      upgrade: (res, req, context) => void this.upgrade(res, req, context),
      open: (socket) => socket.getUserData().client.attach(socket),
      message: (socket, message, isBinary) => socket.getUserData().client.received(message, isBinary),
      ping: (socket, message) => socket.getUserData().client.pinged(message),
      pong: (socket) => socket.getUserData().client.ponged(),
      drain: (socket) => socket.getUserData().client.drained(),
      close: (socket, code, reason) => this.closed(socket.getUserData(), code, reason),
    }
  }

  private async upgrade(res: Uws.HttpResponse, req: Uws.HttpRequest, context: Uws.us_socket_context_t): Promise<void> {
    // The request is only valid until this function first waits.
    const request = upgradeRequestOf(req)
    const key = req.getHeader('sec-websocket-key')
    const extensions = req.getHeader('sec-websocket-extensions')
    let aborted = false as boolean
    res.onAborted(() => void (aborted = true))
    const outcome = await this.judge(request)
    if (aborted) return
    // Asked when nothing else comes in between, as others came in while the token was read.
    const refusal = typeof outcome === 'string' ? outcome : this.parts.acceptor.refusal(outcome)
    if (typeof outcome === 'string' || refusal !== undefined) {
      this.refuse(res, refusal!)
      return
    }
    const client = new ClientSocket(this.options, this.parts.clock)
    this.idleResponse.cork(res, () => {
      res.upgrade<UserData>({ identity: outcome, client }, key, outcome.subprotocol ?? '', extensions, context)
    })
    this.waitingSockets.upgraded()
    client.open(outcome, this.parts.acceptor)
  }

  /** Whether it is open at all is asked before, so that a crowd costs no signatures. */
  private async judge(request: UpgradeRequest): Promise<Identity | HttpErrorCode> {
    const { acceptor } = this.parts
    if (this.pendingUpgrades >= pendingUpgradesMax) return 'too_many_connections'
    this.pendingUpgrades++
    const early = acceptor.refusal()
    // At the limit somebody may still come in the place of an older connection of the same client: that is known once the token is read.
    const outcome = early === undefined || early === 'too_many_connections' ? await this.admission.identify(request) : early
    this.pendingUpgrades--
    return outcome
  }

  private refuse(res: Uws.HttpResponse, code: HttpErrorCode): void {
    Meter.count(this.parts.meter.upgradesRefused, code)
    this.parts.log.debug({ code }, 'An upgrade was refused.')
    res.cork(() => answer(res, 'get', refusalAnswer(code)))
  }

  private closed({ identity, client }: UserData, code: number, reason: ArrayBuffer): void {
    const { sub, clientId } = identity
    // Where the library itself cut the client off, as on invalid UTF-8, only it knows why; a reason of the client's may say anything.
    const why = code === abnormalClosure && { reason: Buffer.from(reason).toString() }
    this.parts.log.debug({ sub, client_id: clientId, code, ...why }, 'A socket has gone.')
    client.gone(code)
  }
}

async function loadLibrary(): Promise<typeof Uws> {
  // The library reads this variable once, when it is loaded; without it, headers beyond 4 kB get a bare 431.
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] = String(headerBytesMax)
  try {
    return await import('uWebSockets.js')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND')
      throw new ConfigurationError('uWebSockets.js is not installed; the gateway needs it.', { cause })
    const { version, platform, arch } = process
    throw new ConfigurationError(`uWebSockets.js has no binary for Node ${version} on ${platform} ${arch}; run Node 20 or 22.`, { cause })
  }
}

function createApp(uws: typeof Uws, tls: UwsServerOptions['tls']): Uws.TemplatedApp {
  if (tls === undefined) return uws.App()
  try {
    return uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile })
  } catch (cause) {
    throw new ConfigurationError(
      `TLS_CERT_FILE (${tls.certFile}) and TLS_KEY_FILE (${tls.keyFile}) cannot be used as a certificate and its key.`,
      { cause },
    )
  }
}

/**
 * Hangs up after it: the library goes on reading from a socket for as long as there is more, so that one client with requests in a
 * pipeline, or with a body that never ends, would hold up everybody else.
 * @param method in lower case.
 */
function answer(res: Uws.HttpResponse, method: string, { status, headers, body }: HttpAnswer): void {
  const hangsUp = true
  res.writeStatus(status)
  for (const [name, value] of Object.entries(headers)) res.writeHeader(name, value)
  // The library's own way to say a length without a body cannot hang up.
  res.end(method === 'head' ? '' : body, hangsUp)
}
