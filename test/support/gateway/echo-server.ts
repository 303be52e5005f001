import type { Socket } from 'node:net'
import type { Test } from 'tap'
import { createTokenVerifier, type TokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { systemClock, type Clock } from '#clock.js'
import type { PageLibrary } from '#gateway/deliver/socket/page-library.js'
import type { CreateServer, ServerOptions } from '#gateway/deliver/socket/server.js'
import { Meter } from '#gateway/observe/meter.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { EchoAcceptor } from './echo-acceptor.js'
import { SilentLog } from '../running/silent-log.js'
import { signedToken, tokenChecks } from './tokens.js'
import { WsClient } from '../clients/ws-client.js'

const defaults: ServerOptions = {
  waitingSocketsMax: 1000,
  frameBytesMax: 16 * 1024,
  framesPerSecondMax: 1000,
  idleTimeoutSeconds: 60,
  upgradesPerSecondMax: 10_000,
  allowedOrigins: [],
}

export interface EchoParts {
  readonly verifier?: TokenVerifier
  readonly clock?: Clock
  readonly pageLibrary?: PageLibrary
  /** A free port of 127.0.0.1 unless it is said. */
  readonly address?: { readonly host: string; readonly port: number }
}

/** A server with connections that send back what they hear. */
export async function serveEcho(t: Test, create: CreateServer, options: Partial<ServerOptions> = {}, others: EchoParts = {}) {
  const [acceptor, meter, log] = [new EchoAcceptor(), new Meter(), new SilentLog()]
  const context = { clock: others.clock ?? systemClock, log }
  const verifier = others.verifier ?? createTokenVerifier(tokenChecks, { ...context, meter })
  const ready = { is: true }
  const server = await create(
    { ...defaults, ...options },
    { acceptor, verifier, isReady: () => ready.is, pageLibrary: others.pageLibrary, meter, random: Math.random, ...context },
  )
  t.teardown(() => server.close())
  const { host, port: wanted } = others.address ?? { host: '127.0.0.1', port: 0 }
  const port = await server.listen(host, wanted)
  const url = `ws://127.0.0.1:${port}`
  const authorization = bearerHeaders(await signedToken())
  const connectClient = async (clientId = 'c') => {
    const client = await WsClient.connect(`${url}/ws/${clientId}`, { headers: authorization })
    t.teardown(() => client.socket.terminate())
    return { client, connection: acceptor.connections.at(-1)! }
  }
  return { acceptor, meter, log, server, port, url, authorization, ready, connectClient }
}

/** As each socket of the server library knows its peer: the sockets in Node that a `ws` client stands on. */
export function socketOf(client: WsClient): Socket {
  return (client.socket as unknown as { _socket: Socket })._socket
}
