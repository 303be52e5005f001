import { fileURLToPath } from 'node:url'
import type { Clock } from '#clock.js'
import type { AdminToken } from '#config/admin-tokens.js'
import type { Config } from '#config/config.js'
import type { FileListener } from '#config/watched-file.js'
import type { AdminRequest, AdminRoutes } from '#gateway/observe/admin-answer.js'
import type { RunningParts } from '#gateway/start.js'
import type { Log } from '#log.js'
import { AdminTokensInForce } from './admin-tokens-in-force.js'
import { Console } from './console.js'
import { Guard } from './guard.js'
import { PageFiles } from './page-files.js'
import type { TokenReading } from './token-person.js'
import type { TrialGround } from './trial-ground.js'

/** Beside the code that the build puts into `dist/src`. */
const pageFolder = fileURLToPath(new URL('../../console/page', import.meta.url))

export interface GatewayConsoleOptions {
  readonly config: Pick<Config, 'admin' | 'adminHosts'>
  readonly reading: TokenReading
  readonly clock: Clock
  readonly log: Log
  /** Takes tokens that no log may show. */
  readonly learn: (secrets: readonly string[]) => void
}

/** The console of a gateway, for whoever has one of its tokens. */
export class GatewayConsole {
  /** To be told what becomes of the file of tokens. */
  readonly tokens: FileListener
  private readonly guard: Guard

  /** @param own tokens that count whatever the file says. */
  constructor(
    private readonly options: GatewayConsoleOptions,
    own: readonly AdminToken[] = [],
    private readonly ground?: TrialGround,
  ) {
    const { config, clock, log } = options
    const tokens = [...own, ...(config.admin.tokenFile?.tokens ?? [])]
    this.guard = new Guard({ tokens, hosts: config.adminHosts, clock, log })
    this.tokens = new AdminTokensInForce(this.guard, own, options)
  }

  routes({ node, url, gateway, policy, meter }: RunningParts): AdminRoutes {
    const { config, reading, clock, log } = this.options
    return new Console({
      ...{ node, policy, reading, meter, clock, log, guard: this.guard, ground: this.ground },
      files: readPage(log),
      socketUrl: (request) => config.admin.gatewayUrl ?? reachedAs(url, request),
      running: gateway,
      knownSchemas: () => gateway.knownSchemas(),
    }).routes()
  }
}

/** A gateway that was built by the compiler alone has none. */
function readPage(log: Log): PageFiles | undefined {
  try {
    return PageFiles.read(pageFolder)
  } catch (error) {
    log.warn({ reason: (error as Error).message }, "The console's page was not built; the admin port answers without it.")
    return undefined
  }
}

/** A server that listens everywhere is reached under the name by which the page was. */
function reachedAs(url: string, { headers: { host } }: AdminRequest): string {
  const socket = new URL(url)
  const isEverywhere = ['0.0.0.0', '[::]'].includes(socket.hostname)
  if (isEverywhere) socket.hostname = new URL(`http://${host}`).hostname
  return socket.href.replace(/\/$/, '')
}
