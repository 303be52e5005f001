import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock as clock } from './clock.js'
import { readConfig, type AuthConfig, type Config } from '#config/config.js'
import { readTextFile } from '#config/text-file.js'
import { WatchedFile, type FileListener } from '#config/watched-file.js'
import { ConfigurationError } from './errors.js'
import { openLog, type OpenLog } from '#logging/open-log.js'
import type { Log } from './log.js'
import { secretText } from '#login/secret.js'
import { Meter } from '#gateway/observe/meter.js'
import { Redaction } from '#text/redaction.js'
import { consoleOrigins, originFault } from '#console/console-origins.js'
import { GatewayConsole } from '#console/gateway-console.js'
import { sampleConsole } from '#console/sample-console.js'
import { embeddedFrom } from '#sample/embedded.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import type { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { policyKey } from '#policy/control/policy-record.js'
import { greeting } from '#sample/greeting.js'
import { SlowReaders } from '#sample/slow-readers.js'
import type { ConnectionAcceptor } from '#gateway/deliver/connection/connection-acceptor.js'
import { kafkaFeed } from '#gateway/feed.js'
import { startGateway, type RunningGateway, type RunningParts } from '#gateway/start.js'

// The process: environment, signals, exit code.

/** From sysexits.h: a configuration that cannot be used, and a fault of ours. */
const exitCodes = { configuration: 78, internal: 70 } as const

/** Beside the code that the build puts into `dist/src`. */
const schemasFolder = fileURLToPath(new URL('../../schemas', import.meta.url))

/** What is still to be said when the process ends may take so long; nobody may be there to read it. */
const lastLinesMs = 1000

/** Ctrl-C on `npm start` arrives twice, from the terminal and from npm: somebody who is in a hurry asks again later than this. */
const sameSignalMs = 500

let opened: OpenLog | undefined
const redaction = new Redaction([])

try {
  const config = readConfig(process.env, readTextFile, {
    learn: (name, secrets) => redaction.learn(name, secrets),
    kept: (reason) => opened?.log.error({ reason }, 'A changed secret cannot be used; the one before stays in force.'),
  })
  redaction.learn('the environment', config.secrets)
  opened = openLog(config.logLevel, clock, redaction)
  const { log, output } = opened
  process.on('exit', () => output.writeLast())
  for (const warning of config.warnings) log.warn({}, warning)
  const gateway = await (config.kafka === undefined ? startEmbedded(config, opened) : startOnKafka(config, opened))
  const { url, adminUrl, library } = gateway
  log.info({ url, admin_url: adminUrl, server: library, node: process.version, pid: process.pid }, 'Sluice listens.')
  watchPolicy(config, gateway)
  watchSecret(config, gateway)
  const { first, again } = stopSignals(log)
  await Promise.race([first, gateway.failed])
  await Promise.race([gateway.stop(again), gateway.failed])
  await output.flush(lastLinesMs)
  process.exit(0)
} catch (error) {
  await opened?.output.flush(lastLinesMs)
  leave(error)
}

/** The policy file is read again when it changes, and on SIGHUP, which is answered in the log whatever comes of it. */
function watchPolicy({ policy, policyPath }: Config, gateway: RunningGateway): void {
  if (policy !== undefined && policyPath !== undefined) watchFile(policyPath, policy, gateway.policy)
}

/** The secret that verifies tokens likewise. The others are read again whenever they are needed. */
function watchSecret({ auth }: Config, { signingSecret }: RunningGateway): void {
  if (auth?.keys.kind !== 'secret' || auth.keys.file === undefined) return
  // Without the line break at the file's end, by which the first look takes it for another text, and finds the same secret in it.
  watchFile(auth.keys.file, secretText(auth.keys.secret), signingSecret!)
}

/** The file of admin tokens likewise. */
function watchTokens({ admin: { tokenFile } }: Config, { tokens }: GatewayConsole): void {
  if (tokenFile !== undefined) watchFile(tokenFile.path, tokenFile.text, tokens)
}

function watchFile(path: string, text: string, listener: FileListener): void {
  const file = new WatchedFile(path, text, { markOf, read: readTextFile, folderOf, watchFolderOf }, clock, listener)
  process.on('SIGHUP', () => file.lookNow())
}

function markOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path)
  return `${mtimeMs}/${size}/${ino}`
}

/** With its birth, as a folder that is made anew may have the number of the one before. */
function folderOf(path: string): string {
  const { dev, ino, birthtimeMs } = statSync(dirname(path))
  return `${dev}/${ino}/${birthtimeMs}`
}

function watchFolderOf(path: string, changed: () => void): () => void {
  try {
    const watcher = watch(dirname(path), { persistent: false }, changed)
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    // No more watches to be had, or a system without any: the file is looked at in intervals all the same.
    return () => undefined
  }
}

/** There is a console for whoever has an admin token, and none where nobody has one. */
async function startOnKafka(config: Config, { log, output }: OpenLog): Promise<RunningGateway> {
  const feed = await kafkaFeed(config.kafka!, config, log)
  feed.meter.logLinesLost = () => output.lost
  const keepers = { policy: config.policy, auth: config.auth! }
  if (config.admin.tokenFile === undefined) return startGateway(config, feed, keepers, log)
  const console = new GatewayConsole(consoleOptions(config, keepers.auth, log))
  const gateway = await startGateway(config, feed, keepers, log, { routes: (parts) => console.routes(parts) })
  tendConsole(console, gateway, config, log)
  return gateway
}

function consoleOptions(config: Config, reading: AuthConfig, log: Log) {
  return { config, reading, clock, log, learn: (secrets: readonly string[]) => redaction.learn('ADMIN_TOKEN_FILE', secrets) }
}

function tendConsole(console: GatewayConsole, { adminUrl }: RunningGateway, config: Config, log: Log): void {
  const fault = originFault(config, { host: config.adminHost, port: Number(new URL(adminUrl).port || 80) })
  if (fault !== undefined) log.warn({}, fault)
  watchTokens(config, console)
}

/** Without a Kafka: the sample shop, with a key that is made now unless one is given. */
async function startEmbedded(config: Config, { log, output }: OpenLog): Promise<RunningGateway> {
  const made = {
    secret: randomBytes(32).toString('base64url'),
    issuer: undefined,
    audience: undefined,
    rolesClaims: ['roles'],
    subClaim: 'sub',
    clockToleranceSeconds: 0,
  }
  const auth: AuthConfig = config.auth ?? { ...made, keys: { kind: 'secret', secret: made.secret } }
  const { shop, topics, writers, ...feed } = embeddedFrom(schemasFolder, clock, Math.random)
  shop.stock()
  const policy = policyOfShop(config, topics)
  const meter = new Meter()
  meter.logLinesLost = () => output.lost
  const sources = { source: new MemorySource(topics, clock), control: () => new MemorySource(topics, clock) }
  const key = config.auth === undefined ? made : undefined
  const readers = new SlowReaders(clock)
  const { key: consoleKey, console } = sampleConsole({ tokenKey: key, writers, readers }, consoleOptions(config, auth, log))
  const open = withConsole(config)
  const around = {
    routes: (parts: RunningParts) => console.routes(parts),
    acceptor: (gateway: ConnectionAcceptor) => readers.before(gateway),
  }
  const gateway = await startGateway(open, { ...feed, ...sources, meter }, { policy, auth }, log, around)
  tendConsole(console, gateway, open, log)
  output.write(await greeting(gateway, consoleKey, key))
  shop.open()
  return gateway
}

/** The shop's own page may connect whatever others may. */
function withConsole(config: Config): Config {
  const { allowedOrigins, adminHost: host, adminPort: port } = config
  return allowedOrigins.length === 0 ? config : { ...config, allowedOrigins: [...allowedOrigins, ...consoleOrigins({ host, port })] }
}

/** Makes the control topics. Where one is to have the policy, the shop's is written there. */
function policyOfShop({ policy, control }: Config, topics: MemoryTopics): string | undefined {
  for (const topic of [control.claims?.topic, control.revocationsTopic]) if (topic !== undefined) topics.create(topic, 1)
  const text = policy ?? readFileSync(join(schemasFolder, 'policy.json'), 'utf8')
  if (control.policyTopic === undefined) return text
  topics.create(control.policyTopic, 1)
  topics.append(control.policyTopic, { key: Buffer.from(policyKey), value: Buffer.from(text) })
  return undefined
}

/**
 * Each signal is listened to until the end: one that nobody listens to ends the process before its clients are told. How long that may take
 * has a limit.
 */
function stopSignals(log: Log): { first: Promise<void>; again: Promise<void> } {
  const nextSignal = (isIt: () => boolean) => {
    return new Promise<NodeJS.Signals>((resolve) => {
      for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, (signal) => isIt() && resolve(signal))
    })
  }
  let firstMs = Infinity
  const first = nextSignal(() => true).then((signal) => {
    firstMs = clock.monotonicMs()
    log.info({ signal }, 'Sluice stops: it sends what waits and leaves.')
  })
  const again = nextSignal(() => clock.monotonicMs() - firstMs >= sameSignalMs).then((signal) => {
    log.info({ signal }, 'Sluice was asked to stop again: it waits for its clients no longer.')
  })
  return { first, again }
}

/** What people have to mend is said in one sentence; what is our fault, with its stack. */
function leave(error: unknown): never {
  const isConfiguration = error instanceof ConfigurationError
  const text = isConfiguration ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`sluice: ${redaction.text(text)}\n`)
  process.exit(isConfiguration ? exitCodes.configuration : exitCodes.internal)
}
