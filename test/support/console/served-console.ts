import { readFileSync } from 'node:fs'
import { backgroundClock, type Clock } from '#clock.js'
import { ConfigurationError } from '#errors.js'
import type { Test } from 'tap'
import { Console, type ConsoleOptions } from '#console/console.js'
import type { TrialGround } from '#console/trial-ground.js'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import { readEntities } from '#publisher/published-entity.js'
import { Guard } from '#console/guard.js'
import { PageFiles } from '#console/page-files.js'
import { PolicyInForce } from '#gateway/authorize/policy-in-force.js'
import type { Gateway } from '#gateway/gateway.js'
import { AdminServer, type AdminServerOptions } from '#gateway/observe/admin-server.js'
import { Meter } from '#gateway/observe/meter.js'
import { entitySchemasOf } from '#tools/policy/entity-schemas.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'

export const tokens = { viewer: 'v'.repeat(43), actor: 'a'.repeat(43) }

export const policyText = readFileSync('schemas/policy.json', 'utf8')

const reading = { issuer: undefined, rolesClaims: ['roles'], subClaim: 'sub', clockToleranceSeconds: 5 }

/** A gateway as the console knows it. */
interface ShownGateway {
  readonly clock: Clock
  readonly meter: Meter
  readonly gateway: ConsoleOptions['running'] & Partial<Pick<Gateway, 'knownSchemas'>>
  /** The shop's unless told. */
  readonly policyText?: string
  /** Where clients connect. */
  readonly url?: string
  readonly hasPage?: boolean
}

function idle(): ShownGateway {
  const gateway = { connections: { current: () => [], ofUser: () => [] }, badRecords: { recent: () => [] } }
  return { clock: backgroundClock, meter: new Meter(), gateway }
}

/** The console of the shop's types, on a port of its own, with people that nobody needs a gateway for. */
export class ServedConsole {
  private server!: AdminServer

  private constructor(
    readonly url: string,
    readonly policy: PolicyInForce,
    readonly logged: readonly LoggedLine[],
    private readonly parts: AdminServerOptions,
  ) {}

  /** @param of whose clock, figures and connections it shows. */
  static async start(t: Test, ground?: TrialGround, of: ShownGateway = idle()): Promise<ServedConsole> {
    const logged: LoggedLine[] = []
    const log = recordingLog(logged)
    const { clock, meter, gateway, url = 'ws://127.0.0.1:8080', hasPage = true } = of
    const policy = new PolicyInForce(of.policyText ?? policyText, meter, log)
    const admins = [
      { label: 'ann', rights: new Set(['view'] as const), token: tokens.viewer },
      { label: 'bob', rights: new Set(['view', 'act'] as const), token: tokens.actor },
    ]
    const schemas = entitySchemasOf(readSchemaFolder('schemas'))
    const made = new Console({
      ...{ node: 'node-1', policy, meter, clock, log, ground, running: gateway, reading },
      files: hasPage ? PageFiles.read('dist/console/page') : undefined,
      guard: new Guard({ tokens: admins, hosts: [], clock, log }),
      socketUrl: () => url,
      knownSchemas: () => gateway.knownSchemas?.() ?? schemas,
    })
    const parts = { routes: made.routes(), connectionsMax: 100, log }
    const server = new AdminServer(parts)
    const served = new ServedConsole(`http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`, policy, logged, parts)
    served.server = server
    t.teardown(() => served.goAway())
    return served
  }

  /** Its port answers nobody. */
  async goAway(): Promise<void> {
    await this.server.close()
  }

  /** It answers where it did before. */
  async comeBack(): Promise<void> {
    this.server = new AdminServer(this.parts)
    await this.server.listen('127.0.0.1', Number(new URL(this.url).port))
  }

  get(path: string, token: string | undefined = tokens.viewer): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: token === '' ? {} : { Authorization: `Bearer ${token}` } })
  }

  post(path: string, body: unknown, { token = tokens.actor, ...headers }: Readonly<Record<string, string>> = {}): Promise<Response> {
    const own = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Origin: this.url }
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { ...own, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }
}

const entities = readEntities('schemas')
const named = (entityType: string) => {
  const found = entities.find(({ definition }) => definition.name === entityType)
  if (found === undefined) throw new ConfigurationError(`There is no ${entityType}.`)
  return found
}

/** A shop with one person and one order. */
export const shop: TrialGround = {
  people: () => Promise.resolve([{ sub: 'sam', name: 'Sam', sees: 'all', roles: ['support'], token: 'jwt' }]),
  ids: { order: ['order-1'] },
  encoderOf: (entityType) => EntityEncoder.of(named(entityType).file),
  recordOf: (entityType) => named(entityType).record,
  shop: { addField: () => 'gift_message', readSlowly: ({ clientId }) => clientId === 'tab-1' },
}
