import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { RemoteKeys } from './authenticate/remote-keys.js'
import { createTokenVerifier } from './authenticate/token-verifier.js'
import { pause, systemClock as clock } from '#clock.js'
import type { AuthConfig, Config } from '#config/config.js'
import type { FileListener } from '#config/watched-file.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { affordableLimits, descriptorsNow, planSocketBudget } from './deliver/socket/socket-budget.js'
import type { ConnectionAcceptor } from './deliver/connection/connection-acceptor.js'
import { socketsPerConnection } from './deliver/connection-hub.js'
import { PageLibrary } from './deliver/socket/page-library.js'
import { chooseServer } from './deliver/socket/choose-server.js'
import type { Server, ServerLibrary, ServerParts } from './deliver/socket/server.js'
import type { Feed } from './feed.js'
import { Gateway } from './gateway.js'
import type { GatewayStatus } from './gateway-options.js'
import type { AdminRoutes } from './observe/admin-answer.js'
import { AdminServer } from './observe/admin-server.js'
import { operationRoutes } from './observe/operation-routes.js'
import type { Log } from '#log.js'
import type { PolicyInForce } from './authorize/policy-in-force.js'
import { rightsDataOf } from './rights-data.js'
import { buildInfo } from './observe/build-info.js'
import { EventLoop } from './observe/event-loop.js'
import type { Meter } from './observe/meter.js'
import { startTracing } from './observe/tracing/start-tracing.js'

/** Who may see them. */
export interface Keepers {
  /** The text of a policy file; undefined where a topic has the policy. */
  readonly policy: string | undefined
  readonly auth: AuthConfig
}

/** What runs, for who looks into it. */
export interface RunningParts {
  readonly node: string
  /** Where clients connect. */
  readonly url: string
  readonly gateway: Gateway
  readonly policy: PolicyInForce
  readonly meter: Meter
}

/** What somebody puts around a gateway. */
interface Around {
  /** What the admin port answers besides, once the port for clients is open. */
  readonly routes?: (parts: RunningParts) => AdminRoutes
  /** Stands between the sockets of clients and the gateway. */
  readonly acceptor?: (gateway: ConnectionAcceptor) => ConnectionAcceptor
}

/** A gateway whose ports are open. */
export interface RunningGateway {
  readonly url: string
  readonly adminUrl: string
  /** That serves clients. */
  readonly library: ServerLibrary
  /** Rejects when it cannot go on. */
  readonly failed: Promise<never>
  /** To be told what becomes of the policy's file. */
  readonly policy: FileListener
  /** Likewise of the secret that verifies tokens; undefined where a key server has the keys. */
  readonly signingSecret: FileListener | undefined
  /**
   * Lets clients leave one after the other where that is configured, sends what waits and leaves, within the configured limits.
   * @param hurry resolves where the clients are to be closed at once.
   */
  stop(hurry?: Promise<unknown>): Promise<void>
}

/** Between the last close frame and the end of the process, which would reset what is still on its way. */
const lastFramesMs = 100

/** Beside the code that the build puts into `dist/src`. */
const pageLibraryFolder = fileURLToPath(new URL('../../page-library', import.meta.url))

/** Descriptors are counted before any is taken for a client. */
function budgetFor(limits: Config['limits'], log: Log) {
  const { connectionsMax } = limits
  const descriptors = descriptorsNow()
  const budget = planSocketBudget(socketsPerConnection * connectionsMax, descriptors)
  if (budget.clientsMax < connectionsMax)
    log.warn(
      { descriptors_max: descriptors?.max, connections_max: budget.clientsMax },
      `CONNECTIONS_MAX is ${connectionsMax}, but the file descriptors of this process (ulimit -n) are enough for ${budget.clientsMax} connections beside what must work.`,
    )
  return { budget, affordable: { ...limits, ...affordableLimits(limits, budget), socketsMax: budget.clientsMax } }
}

/** A gateway that was built by the compiler alone does without. */
function readPageLibrary(log: Log): PageLibrary | undefined {
  try {
    return PageLibrary.read(pageLibraryFolder)
  } catch (error) {
    log.info({ reason: (error as Error).message }, 'The client library was not built; /client.js is answered with 404.')
    return undefined
  }
}

async function createServer(config: Config, waitingSocketsMax: number, parts: Omit<ServerParts, 'pageLibrary'>): Promise<Server> {
  const { limits, allowedOrigins, tls, portShared } = config
  const create = await chooseServer(config.server, parts.log)
  return await create(
    { ...limits, waitingSocketsMax, allowedOrigins, tls, portShared },
    { ...parts, pageLibrary: readPageLibrary(parts.log) },
  )
}

/** A gateway that has never had its keys could let nobody in. */
function together({ ready, reasons }: GatewayStatus, keys: RemoteKeys | undefined): GatewayStatus {
  const { ready: hasKeys, reason } = keys?.status() ?? { ready: true }
  return { ready: ready && hasKeys, reasons: reason === undefined ? reasons : [...reasons, reason] }
}

/** Keys are fetched from now on. */
function watchHealth(meter: Meter, keys: RemoteKeys | undefined, isReady: () => boolean, certificateExpiresAtMs: number | undefined): void {
  Object.assign(meter, { isReady, certificateExpiresAtMs })
  if (keys === undefined) return
  keys.start()
  meter.keyCount = () => keys.state().count
  meter.dependencies.set('keys', { isUp: () => keys.state().isUp, ageMs: () => keys.state().ageMs, calls: keys.calls })
}

/** Says of each changed policy what of the schemas it does not know, and they of it. */
function tellOfChanges(policy: PolicyInForce, gateway: Gateway): void {
  policy.follow(() => {
    const schemas = gateway.knownSchemas()
    policy.warnOfUnknown(schemas)
    for (const schema of schemas) policy.learned(schema)
  })
}

/** Says what the policy names that no schema has, and which topics forget. */
function tellOfStart(policy: PolicyInForce, gateway: Gateway, feed: Feed, log: Log): void {
  policy.warnOfUnknown(gateway.knownSchemas())
  void warnOfForgetful(feed, gateway.tabledTopics(), log)
}

/** Rejects when `work` does, and never resolves. */
async function failureOf(work: Promise<unknown>): Promise<never> {
  await work
  return await new Promise<never>(() => undefined)
}

/** An IPv6 address stands in brackets. */
const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

async function warnOfForgetful({ forgetful }: Feed, topics: readonly string[], log: Log): Promise<void> {
  const found = (await forgetful?.(topics)) ?? []
  const mend = 'Kafka keeps them with cleanup.policy=compact'
  if (found.length > 0)
    log.warn({ topics: found }, `Kafka drops old records of topics: entities that have not changed for long are missing here. ${mend}.`)
}

/**
 * Opens the ports, then starts to read: `/readyz` says when all is there.
 * @throws ConfigurationError where a port, a certificate or the policy cannot be used.
 */
export async function startGateway(config: Config, feed: Feed, keepers: Keepers, log: Log, around: Around = {}): Promise<RunningGateway> {
  const { limits, state, tls, longs } = config
  const { meter } = feed
  const node = config.nodeId ?? randomUUID()
  const rights = rightsDataOf(config.control, keepers, feed, { clock, log, meter })
  const { policy } = rights
  const { budget, affordable } = budgetFor(limits, log)
  const verifier = createTokenVerifier(keepers.auth, { clock, log, meter })
  const parts = { clock, random: Math.random, log, ...rights, verifier, schemaLearned: (schema: EntitySchema) => policy.learned(schema) }
  const traces = await startTracing(config.tracing, { node, clock, log })
  const gateway = new Gateway({ ...feed, ...parts, tracing: traces?.tracing, limits: affordable, state, longs, node })
  const status = () => together(gateway.status(), verifier.remoteKeys)
  const isReady = () => status().ready
  watchHealth(meter, verifier.remoteKeys, isReady, tls?.expiresAtMs)
  const acceptor = around.acceptor?.(gateway.connections) ?? gateway.connections
  const serverParts = { acceptor, verifier, isReady, clock, random: Math.random, meter, log }
  const server = await createServer(config, budget.waitingMax, serverParts)
  meter.build = buildInfo(server.library)
  const port = await server.listen(config.host, config.port)
  const url = `${tls ? 'wss' : 'ws'}://${inUrl(config.host)}:${port}`
  const routes = { ...operationRoutes(meter, status), ...around.routes?.({ node, url, gateway, policy, meter }) }
  const admin = new AdminServer({ routes, connectionsMax: budget.adminMax, log })
  const adminPort = await admin.listen(config.adminHost, config.adminPort)
  const eventLoop = (meter.eventLoop = new EventLoop(clock))
  tellOfChanges(policy, gateway)
  let isStopping = false as boolean
  const started = gateway.start().then(() => isStopping || tellOfStart(policy, gateway, feed, log))
  return {
    url,
    library: server.library,
    adminUrl: `http://${inUrl(config.adminHost)}:${adminPort}`,
    failed: Promise.race([gateway.failed, failureOf(started)]),
    policy,
    signingSecret: verifier.signingSecret,
    async stop(hurry = new Promise(() => undefined)) {
      isStopping = true
      await Promise.race([gateway.connections.drain(limits.drainMs, () => server.stopListening()), hurry])
      verifier.remoteKeys?.stop()
      server.stopListening()
      await Promise.race([gateway.stop(limits.shutdownTimeoutMs), pause(clock, limits.shutdownTimeoutMs)])
      await pause(clock, lastFramesMs)
      server.close()
      eventLoop.stop()
      await Promise.all([admin.close(), traces?.stop()])
    },
  }
}
