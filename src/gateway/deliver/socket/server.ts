import type { TokenVerifier } from '../../authenticate/token-verifier.js'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import type { Meter } from '../../observe/meter.js'
import type { ConnectionAcceptor } from '../connection/connection-acceptor.js'
import type { ClientSocketLimits } from './client-socket.js'
import type { RouteParts } from './routes.js'

export type ServerLibrary = 'uWebSockets.js' | 'ws'

/**
 * Takes HTTP requests and WebSockets on one port, and hands the sockets whose token is good to the acceptor. Each socket library has an
 * implementation in a room of its own, and all of them pass the tests of `server.case.ts` and `server-sockets.case.ts`.
 */
export interface Server {
  readonly library: ServerLibrary
  /** Resolves with the port, which the system chooses where 0 was asked for. @throws ConfigurationError */
  listen(host: string, port: number): Promise<number>
  /** Accepts no further connections; open ones stay. */
  stopListening(): void
  /** Cuts off all remaining connections. */
  close(): void
}

/** @throws ConfigurationError where the library or the certificate cannot be used. */
export type CreateServer = (options: ServerOptions, parts: ServerParts) => Promise<Server>

export interface ServerOptions extends ClientSocketLimits {
  /** 0 (never) or 9 to 960. A ping goes out well before; a client that answers neither it nor anything else is cut off. */
  readonly idleTimeoutSeconds: number
  /** The limit of sockets that have not shown a token yet. */
  readonly waitingSocketsMax: number
  /** Beyond as many good tokens a second, clients are refused for a while. */
  readonly upgradesPerSecondMax: number
  /** Whether others may listen on the same port, among whom the system spreads connections; not unless told. */
  readonly portShared?: boolean
  /** Empty: any. */
  readonly allowedOrigins: readonly string[]
  /** Paths of PEM files; without them the server speaks plain `ws`. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined
}

/** The limit of a request's headers together: a token of 6 kB, and as much again for what proxies and browsers add. */
export const headerBytesMax = 16 * 1024

/**
 * Libraries cut off a message beyond their own ceiling, at best without a reason; below it, code 1009 is sent with one. The ceiling is not
 * higher, as each client may make the server hold this much.
 */
export function frameBytesCeiling({ frameBytesMax }: ServerOptions): number {
  return Math.max(1024 * 1024, frameBytesMax * 2)
}

export interface ServerParts extends RouteParts {
  readonly acceptor: ConnectionAcceptor
  readonly verifier: TokenVerifier
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
}
