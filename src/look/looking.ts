import { randomBytes } from 'node:crypto'
import { backgroundClock, pause } from '#clock.js'
import { readConfig } from '#config/config.js'
import type { ReadFile } from '#config/environment.js'
import { readTextFile } from '#config/text-file.js'
import { GatewayConsole } from '#console/gateway-console.js'
import type { GroundSchemas, TrialGround } from '#console/trial-ground.js'
import { ConfigurationError } from '#errors.js'
import { kafkaFeed } from '#gateway/feed.js'
import { type RunningGateway, type RunningParts, startGateway } from '#gateway/start.js'
import type { Log } from '#log.js'
import { type SampleKey, tokenOf } from '#sample/users.js'
import type { Variables } from '#tools/cli/broker-options.js'
import type { Terminal } from '#tools/cli/terminal.js'
import type { FoundEntity } from './found-entity.js'
import { madeUpPeople, madeUpPolicy } from './made-up-roles.js'
import type { StarterFiles } from './starter-files.js'

export interface LookingOptions {
  readonly found: readonly FoundEntity[]
  /** How Kafka and the registry are reached. */
  readonly values: Variables
  /** The `ENTITIES` file. */
  readonly entities: string
  readonly files: StarterFiles
  readonly schemas: GroundSchemas
  /** The command that starts a gateway by files that were saved. */
  readonly commandOf: (paths: { readonly policy: string; readonly entities: string }) => string
  /** Of the console; 0 is any free one. */
  readonly port: number
  /** How many records of a topic are read that are there already. */
  readonly newestMax: number
  readonly log: Log
}

/** A gateway in this process, which nobody but who looks knows of. */
export interface Looking {
  readonly gateway: RunningGateway
  /** Of the console, with its key. */
  readonly address: string
  /** Why not all is read after the time that people wait for it. */
  readonly reasons: readonly string[]
}

/** Only this machine reaches it. */
const loopback = '127.0.0.1'

/** Small topics are read in less. */
const waitMsMax = 20_000
const lookMs = 50

/** @throws ConfigurationError where the port is in use. */
export async function startLooking(options: LookingOptions, terminal: Terminal): Promise<Looking> {
  const { found, log, port } = options
  const { clock } = terminal
  const secret = randomBytes(32).toString('base64url')
  const config = configOf(options, secret)
  const auth = config.auth!
  const feed = await kafkaFeed(config.kafka!, config, log, startOf(options))
  const key = randomBytes(32).toString('base64url')
  const admin = { label: 'sluice look', rights: new Set(['view', 'act'] as const), token: key }
  const ground = groundOf(options, { secret, ...auth })
  const console = new GatewayConsole({ config, reading: auth, clock: backgroundClock, log, learn: () => undefined }, [admin], ground)
  let parts!: RunningParts
  const around = { routes: (its: RunningParts) => console.routes((parts = its)) }
  const gateway = await startGateway(config, feed, { policy: madeUpPolicy(found), auth }, log, around).catch((error: unknown) => {
    throw isPortInUse(error) ? new ConfigurationError(`The port ${port} is in use; --port names another one.`) : error
  })
  const until = clock.monotonicMs() + waitMsMax
  while (!parts.gateway.status().ready && clock.monotonicMs() < until) await pause(clock, lookMs)
  const { ready, reasons } = parts.gateway.status()
  return { gateway, address: `${gateway.adminUrl}/#k=${key}`, reasons: ready ? [] : reasons }
}

/** As the gateway reads it that is started by the files: what it would refuse is refused here. */
function configOf({ values, entities, found, port }: LookingOptions, secret: string) {
  const files = new Map([
    ['entities.json', entities],
    ['policy.json', madeUpPolicy(found)],
  ])
  const read: ReadFile = (path, encoding) => files.get(path) ?? readTextFile(path, encoding)
  const own = { HOST: loopback, PORT: '0', ADMIN_HOST: loopback, ADMIN_PORT: String(port) }
  return readConfig({ ...values, ...own, ENTITIES: 'entities.json', POLICY_FILE: 'policy.json', JWT_SECRET: secret }, read)
}

/** The newest records of each topic, shared among its partitions: the whole of a large one would not be there within a minute. */
function startOf({ found, newestMax }: LookingOptions): (topic: string) => { readonly newest: number } {
  const logs = found.flatMap((one) => one.logs)
  return (topic) => ({ newest: Math.ceil(newestMax / Math.max(1, logs.filter((log) => log.topic === topic).length)) })
}

function groundOf({ found, files, schemas, commandOf }: LookingOptions, key: SampleKey): TrialGround {
  const people = madeUpPeople(found)
  const newestFirst = [...found].sort((one, other) => other.newestMs - one.newestMs)
  return {
    people: () =>
      Promise.all(
        people.map(async (user) => {
          const { name, sees, claims } = user
          return { sub: claims.sub, name, sees, roles: claims.roles, token: await tokenOf(user, key) }
        }),
      ),
    ids: Object.fromEntries(newestFirst.map(({ definition, ids }) => [definition.name, ids])),
    ...schemas,
    save: (policy) => {
      const paths = files.save(policy)
      return { files: [paths.policy, paths.entities], command: commandOf(paths) }
    },
  }
}

function isPortInUse(error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: { code?: unknown } }
  return error instanceof ConfigurationError && cause?.code === 'EADDRINUSE'
}
