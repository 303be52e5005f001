import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket as NetSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerOptions as LibraryOptions, WebSocketServer } from 'ws'
import { ConfigurationError } from '#errors.js'
import { cannotListen } from '../cannot-listen.js'
import { certificateFault } from '../certificate-fault.js'
import type { SocketOwner } from '../client-socket.js'
import type { HttpAnswer } from '../http-answer.js'
import { routeAnswer } from '../routes.js'
import { frameBytesCeiling, headerBytesMax, type Server, type ServerOptions, type ServerParts } from '../server.js'
import { Upgrades } from '../upgrades.js'
import { WaitingSockets } from '../waiting-sockets.js'
import { answerBytes, faultBytes } from './answer-bytes.js'
import { copyPlainRequest, copyUpgradeRequest, isClientUpgrade } from './copy-request.js'
import { FrameBuffer } from './frame-buffer.js'
import { Heartbeat } from './heartbeat.js'
import { LastRequest } from './last-request.js'
import { OpenSockets } from './open-sockets.js'
import { WsSocket } from './ws-socket.js'

/** A client has so long for its request, however slowly it sends, for its handshake before, and to take the answer. As uWebSockets.js. */
const requestMsMax = 12_000

/** Between two looks for requests that take longer. */
const requestCheckMs = 1000

/** A client that does not close its side after our close frame is cut off then: as long as the hub takes the socket to be there. */
const closeTimeoutMs = 15_000

/** No client has a reason to cut a message into more pieces. Each is taken apart by itself, and only whole messages are counted. */
const fragmentsMax = 256

/** Of a message that is not whole yet, `ws` keeps the pieces as the kernel gave them: 200 B each besides. Networks make none that is shorter. */
const pieceBytesMin = 256

/** The server on `ws` and Node's own HTTP, which runs wherever Node does. */
export class WsServer implements Server {
  readonly library = 'ws'
  private readonly sockets: OpenSockets
  private readonly upgrades: Upgrades
  private readonly http: HttpServer
  private readonly webSockets: WebSocketServer
  private readonly heartbeat: Heartbeat<WsSocket>
  private readonly buffer = new FrameBuffer()

  /** @throws ConfigurationError where the certificate cannot be used. */
  static async create(options: ServerOptions, parts: ServerParts): Promise<WsServer> {
    return Promise.resolve(new WsServer(options, parts))
  }

  private constructor(
    private readonly options: ServerOptions,
    private readonly parts: ServerParts,
  ) {
    const waitingSockets = new WaitingSockets(options.waitingSocketsMax, parts)
    this.upgrades = new Upgrades(options, parts, waitingSockets)
    this.heartbeat = new Heartbeat(options.idleTimeoutSeconds, parts.clock)
    this.webSockets = new WebSocketServer(libraryOptions(options))
    this.http = createHttpServer(options.tls)
    this.sockets = new OpenSockets(this.http, waitingSockets)
    this.http
      .on('upgrade', (request: IncomingMessage, _socket, head) => this.requested(request, request.socket, head))
      .on('clientError', (error: NodeJS.ErrnoException, socket) => this.hangUp(socket, faultBytes(error.code, parts.clock.now())))
  }

  async listen(host: string, port: number): Promise<number> {
    const reusePort = this.options.portShared === true
    if (reusePort && !canSharePort(process.versions.node))
      throw new ConfigurationError('PORT_SHARED: with ws a port is shared from Node 22.12 on; SERVER=uws shares it on Node 20 too.')
    try {
      await once(this.http.listen({ port, host, reusePort }), 'listening')
    } catch (error) {
      throw cannotListen(host, port, error as Error)
    }
    this.http.on('error', (err) => this.parts.log.warn({ err }, 'The server could not take a connection.'))
    return (this.http.address() as AddressInfo).port
  }

  stopListening(): void {
    this.http.close()
  }

  close(): void {
    this.stopListening()
    this.heartbeat.stop()
    this.sockets.destroyAll()
  }

  private requested(request: IncomingMessage, socket: NetSocket, head: Buffer): void {
    // Nobody else listens to it from here on, until it is a WebSocket.
    socket.on('error', ignoreError)
    if (isClientUpgrade(request)) this.upgrade(request, socket, head)
    else this.answer(request, socket)
  }

  /** Answers and hangs up, so that no client keeps it busy by pipelined requests, or by a body that never ends. */
  private answer(request: IncomingMessage, socket: NetSocket): void {
    const plain = copyPlainRequest(request)
    this.say(socket, plain.method, routeAnswer(plain, this.parts))
  }

  private say(socket: NetSocket, method: string, answer: HttpAnswer): void {
    // What has come already is read by nobody, and would make the system cut off the answer.
    socket.resume()
    this.hangUp(socket, answerBytes(method, answer, this.parts.clock.now()))
  }

  /** @param last is sent before. */
  private hangUp(socket: Duplex, last: Buffer | undefined): void {
    // The answer that is on its way hangs up.
    if (socket.writableEnded) return
    if (last === undefined) return void socket.destroy()
    const cancel = this.parts.clock.after(requestMsMax, () => socket.destroy())
    socket.end(last, () => {
      cancel()
      socket.destroy()
    })
  }

  private upgrade(request: IncomingMessage, socket: NetSocket, head: Buffer): void {
    // A client that leaves meanwhile is noticed, for which Node must go on reading.
    socket.on('end', destroyOnEnd)
    socket.read(0)
    void this.upgrades.decide({
      request: copyUpgradeRequest(request),
      isGone: () => !socket.readable || !socket.writable,
      refuse: (refusal) => this.say(socket, 'get', refusal),
      accept: (client, subprotocol) => this.accept(request, socket, head, { client, subprotocol }),
    })
  }

  private accept(
    request: IncomingMessage,
    socket: NetSocket,
    head: Buffer,
    { client, subprotocol }: { readonly client: SocketOwner; readonly subprotocol: string | undefined },
  ): void {
    this.sockets.upgraded(socket)
    socket.off('end', destroyOnEnd)
    // The library takes the first that it reads here, and refuses lists that are none by its grammar.
    if (subprotocol === undefined) delete request.headers['sec-websocket-protocol']
    else request.headers['sec-websocket-protocol'] = subprotocol
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const one = new WsSocket(webSocket, socket, client, this.buffer)
      socket.on('close', this.heartbeat.watch(one))
      client.attach(one)
    })
  }
}

/** What follows is the socket's end, which is asked for. A function made for each upgrade would keep the request: 3 kB a connection. */
function ignoreError(): void {}

function destroyOnEnd(this: NetSocket): void {
  this.destroy()
}

function libraryOptions(options: ServerOptions): LibraryOptions {
  const maxPayload = frameBytesCeiling(options)
  const more = { maxBufferedChunks: maxPayload / pieceBytesMin, closeTimeout: closeTimeoutMs }
  return {
    ...{ noServer: true, clientTracking: false, maxPayload, maxFragments: fragmentsMax, ...more },
    // Compressing each client's copy of a frame costs more than encoding it, which is done once for all of them.
    perMessageDeflate: false,
    // It would cut off a client whose pings come faster than pongs leave, without a code. They are counted with all other frames.
    autoPong: false,
  }
}

function createHttpServer(tls: ServerOptions['tls']): HttpServer {
  const limits = {
    maxHeaderSize: headerBytesMax,
    headersTimeout: requestMsMax,
    requestTimeout: requestMsMax,
    connectionsCheckingInterval: requestCheckMs,
    IncomingMessage: LastRequest,
  }
  return tls === undefined ? createServer(limits) : createSecureServer(limits, tls)
}

function createSecureServer(limits: object, tls: NonNullable<ServerOptions['tls']>): HttpServer {
  try {
    const pems = { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }
    return createTlsServer({ ...limits, ...pems, handshakeTimeout: requestMsMax })
  } catch (cause) {
    throw certificateFault(tls, cause)
  }
}

/** Node's `reusePort`, which versions before it do not know and leave aside. */
export function canSharePort(nodeVersion: string): boolean {
  const [major, minor] = nodeVersion.split('.').map(Number) as [number, number]
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)
}
