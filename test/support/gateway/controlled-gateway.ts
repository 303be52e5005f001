import type { Identity } from '#gateway/authenticate/identity.js'
import type { VerifiedToken } from '#gateway/authenticate/token-verifier.js'
import { Gateway } from '#gateway/gateway.js'
import type { GatewayLimits } from '#gateway/gateway-options.js'
import { Meter } from '#gateway/observe/meter.js'
import { rightsDataOf } from '#gateway/rights-data.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import type { ControlConfig } from '#config/control-config.js'
import { rolesOf } from '#policy/roles.js'
import { policyKey } from '#policy/control/policy-record.js'
import type { TokenErrorCode } from '#protocol/codes.js'
import { writeRequest, type Request } from '#protocol/request.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { EventEncoder } from '../values/event-encoder.js'
import { identity } from './connection-fixture.js'
import { FakeTransport } from './fake-transport.js'
import { gatewayLimits } from './gateway-limits.js'

const order = { name: 'order', layout: 'single-topic', envelope: 'event', topic: 'order' } as const
const fields = ['id', 'status', 'owner', 'region', 'team'].map((name) => ({ name, type: 'string' }))
const schema = eventSchemaOf({ type: 'record', name: 'Order', streamable: true, fields })

/** Roles of the policy of these tests: `clerk` sees what a field lets see, and each `by-...` the orders of a claim. */
export const controlledPolicy = {
  roles: {
    clerk: [{ action: 'read', subject: 'order', fields: ['id', 'status'] }],
    regional: [{ action: 'read', subject: 'order', fields: ['**'], conditions: { region: '${user.region}' } }],
    member: [{ action: 'read', subject: 'order', fields: ['id', 'team'], conditions: { team: { $in: '${user.teams}' } } }],
  },
}

/** What all nodes read: orders and control topics in memory. */
export class ControlledWorld {
  readonly clock = new SimulatedClock(1_000_000_000)
  readonly topics = new MemoryTopics({ clock: this.clock, newId: () => 'a1'.repeat(16) })
  readonly registry = new MemoryRegistry()
  private readonly encoder = new EventEncoder(schema, this.registry.register('order-value', JSON.stringify(schema)))

  constructor(readonly config: ControlConfig) {
    this.topics.create('order', 1)
  }

  node(limits: Partial<GatewayLimits> = {}): ControlledNode {
    return new ControlledNode(this, limits)
  }

  write(entityId: string, data: Readonly<Record<string, string>> = {}): void {
    const all = { id: entityId, status: 'NEW', owner: 'ann', region: 'eu', team: 'red', ...data }
    const event = { entity_id: entityId, entity_type: 'order', operation: 'update', timestamp: this.clock.now(), data: all }
    this.topics.append('order', { key: Buffer.from(entityId), value: this.encoder.encode(event) })
  }

  tell(topic: string, key: string, value: unknown): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    this.topics.append(topic, { key: Buffer.from(key), value: value === null ? null : Buffer.from(text) })
  }

  publish(policy: unknown): void {
    this.tell(this.config.policyTopic!, policyKey, policy)
  }
}

/** A gateway that is told by control topics what rights there are. */
export class ControlledNode {
  readonly logged: LoggedLine[] = []
  readonly meter = new Meter()
  readonly gateway: Gateway
  /** What the tokens of tests say; one that is not here is not valid. */
  private readonly tokens = new Map<string, VerifiedToken | TokenErrorCode>()

  constructor({ clock, topics, registry, config }: ControlledWorld, limits: Partial<GatewayLimits>) {
    const { meter, tokens } = this
    const log = recordingLog(this.logged)
    const policy = config.policyTopic === undefined ? JSON.stringify(controlledPolicy) : undefined
    this.gateway = new Gateway({
      ...{
        entities: [order],
        source: new MemorySource(topics, clock),
        registry,
        longs: 'number',
        node: 'node-1',
        limits: { ...gatewayLimits, ...limits },
      },
      state: { bytesMax: 10_000_000, fillSecondsMax: 300, window: { bytesMax: 100_000, secondsMax: 3_600 } },
      ...rightsDataOf(
        config,
        { policy, auth: { rolesClaims: ['roles'] } },
        { control: () => new MemorySource(topics, clock) },
        { clock, log, meter },
      ),
      verifier: { verify: (token) => Promise.resolve(tokens.get(token) ?? 'token_invalid') },
      ...{ clock, meter, log, random: () => 0 },
    })
  }

  /** A token that is good, of Ann unless it says otherwise. */
  sign(token: string, { sub = 'ann', claims = {} }: Partial<VerifiedToken> = {}): void {
    const verified: VerifiedToken = { sub, roles: rolesOf(claims, ['roles']), claims, expiresAtMs: Number.MAX_SAFE_INTEGER }
    this.tokens.set(token, verified)
  }

  connect(who: Partial<Identity> = {}) {
    const transport = new FakeTransport()
    const { sub = 'ann', roles = [], claims = {} } = who
    const connection = this.gateway.connections.accept(identity({ ...who, sub, claims: { sub, roles, ...claims } }), transport)
    return {
      transport,
      connection,
      ask: (request: Request) => connection.receiveText(writeRequest(request)),
      /** What it was sent since this was last asked. */
      heard: () => transport.received.splice(0).map((text) => JSON.parse(text) as Record<string, unknown>),
    }
  }
}
