import * as v from 'valibot'
import type { EntitySchema } from '#avro/entity-schema.js'
import { type AdminAnswer, type AdminRequest, type AdminRoute, type AdminRoutes, jsonAnswer } from '#gateway/observe/admin-answer.js'
import type { Clock } from '#clock.js'
import type { AdminToken } from '#config/admin-tokens.js'
import type { Meter } from '#gateway/observe/meter.js'
import type { Log } from '#log.js'
import type { FiguresAnswer, RightsAnswer, SessionAnswer, TypesAnswer } from './answers.js'
import type { Guard } from './guard.js'
import { Operation, type OperationOptions } from './operation/operation.js'
import { type PageFiles, pagePaths } from './page-files.js'
import { personOf, type TokenReading } from './token-person.js'
import { typeList } from './type-list.js'
import { type ConsolePolicy, nobody, PolicyDesk } from './policy-desk.js'
import { refusal } from './refusal.js'
import { bodyOf } from './request-body.js'
import { SampleDesk } from './sample-desk.js'
import type { TrialGround } from './trial-ground.js'
import { RightsOfRoles } from './rights-of-roles.js'

// The console. Enters: requests of its page. Leaves: the page itself, and what it tells of rules, types and figures; never a value of an
// entity, which the page gets over a WebSocket with a token of the viewer's own.

export interface ConsoleOptions {
  readonly node: string
  /** Undefined where the build has not written them: what the page asks is answered all the same. */
  readonly files: PageFiles | undefined
  readonly guard: Guard
  /** Where the page connects, asked by a request of it. */
  readonly socketUrl: (request: AdminRequest) => string
  readonly policy: ConsolePolicy
  /** How the gateway reads tokens. */
  readonly reading: TokenReading
  /** The newest last. */
  readonly knownSchemas: () => readonly EntitySchema[]
  /** Undefined where rights are kept by others: at a gateway that stays. */
  readonly ground: TrialGround | undefined
  readonly running: Pick<OperationOptions, 'connections' | 'badRecords'>
  readonly meter: Meter
  readonly clock: Clock
  readonly log: Log
}

const broughtToken = v.strictObject({ token: v.string() })

export class Console {
  private readonly desk: PolicyDesk
  private rights: RightsOfRoles | undefined

  constructor(private readonly options: ConsoleOptions) {
    this.desk = new PolicyDesk({ ...options, ...options.reading, schemas: () => this.newest() })
  }

  routes(): AdminRoutes {
    const { files, guard, socketUrl } = this.options
    const pageOf =
      (its: PageFiles): AdminRoute =>
      (request) => {
        guard.checkHost(request)
        return its.answer(request, socketUrl(request))
      }
    return {
      ...(files && Object.fromEntries(pagePaths.map((path) => [`GET ${path}`, pageOf(files)]))),
      'GET /api/session': guard.viewed((request, admin) => this.session(request, admin)),
      'POST /api/token': (request) => this.token(request),
      'GET /api/types': guard.viewed(() => this.types()),
      'GET /api/figures': guard.viewed(() => this.figures()),
      'GET /api/rights': guard.viewed(({ query }) => this.rightsOf(query.getAll('role'), query.get('type') ?? '')),
      ...new Operation({ ...this.options, ...this.options.running }).routes(),
      ...this.desk.routes,
      ...new SampleDesk({ ...this.options, shop: this.options.ground?.shop }).routes,
    }
  }

  private async session(request: AdminRequest, { rights }: AdminToken): Promise<SessionAnswer> {
    const { node, socketUrl, ground } = this.options
    const people = (await ground?.people()) ?? []
    return { node, rights: [...rights], socket_url: socketUrl(request), people, place: placeOf(ground) }
  }

  /** Nothing of it is kept, and no line of the log has it. */
  private async token(request: AdminRequest): Promise<AdminAnswer> {
    const { guard, reading, clock } = this.options
    guard.admitPost(request, 'view')
    const person = personOf((await bodyOf(request, broughtToken)).token, reading, clock.now())
    if (typeof person === 'string') throw refusal('unusable', person)
    return jsonAnswer(200, person)
  }

  private types(): TypesAnswer {
    const { ground } = this.options
    return typeList(this.schemasByType(), this.rulesInForce().rulesByRole, ground?.ids ?? {})
  }

  private figures(): FiguresAnswer {
    const { meter, clock, knownSchemas } = this.options
    const policy_hash = this.rulesInForce().hash
    const { records, framesSent: frames, connections } = meter
    return { at_ms: clock.monotonicMs(), records, frames, connections, policy_hash, schemas: knownSchemas().length }
  }

  private rightsOf(roles: readonly string[], entityType: string): RightsAnswer {
    const schema = this.schemasByType().get(entityType)?.at(-1)
    if (schema === undefined) throw refusal('type_unknown')
    return this.rulesInForce().of(roles, schema)
  }

  private rulesInForce(): RightsOfRoles {
    const text = this.options.policy.textInForce ?? nobody
    if (this.rights?.text !== text) this.rights = new RightsOfRoles(text)
    return this.rights
  }

  /** Of each type. */
  private newest(): EntitySchema[] {
    return [...this.schemasByType().values()].map((schemas) => schemas.at(-1)!)
  }

  /** The type to begin with comes first. */
  private schemasByType(): Map<string, EntitySchema[]> {
    const { ground, knownSchemas } = this.options
    const byType = new Map<string, EntitySchema[]>(Object.keys(ground?.ids ?? {}).map((name) => [name, []]))
    for (const schema of knownSchemas().filter(({ streamable }) => streamable))
      byType.set(schema.entityType, [...(byType.get(schema.entityType) ?? []), schema])
    for (const [name, schemas] of byType) if (schemas.length === 0) byType.delete(name)
    return byType
  }
}

function placeOf(ground: TrialGround | undefined): SessionAnswer['place'] {
  if (ground === undefined) return 'gateway'
  return ground.shop === undefined ? 'look' : 'shop'
}
