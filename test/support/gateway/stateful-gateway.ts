import type { Tracer } from '@opentelemetry/api'
import type { Identity } from '#gateway/authenticate/identity.js'
import type { VerifiedToken } from '#gateway/authenticate/token-verifier.js'
import type { EntityDefinition } from '#entities.js'
import type { GatewayLimits } from '#gateway/gateway-options.js'
import { Gateway } from '#gateway/gateway.js'
import { Meter } from '#gateway/observe/meter.js'
import { EventTracing } from '#gateway/observe/tracing/event-tracing.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import type { Headers } from '#kafka/record-headers.js'
import { parsePolicy } from '#policy/role-policy.js'
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
import { HeldPolicy } from './held-policy.js'

const order: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'event', topic: 'order' }
const fields = ['id', 'status', 'owner', 'email'].map((name) => ({ name, type: 'string' }))
const schema = eventSchemaOf({ type: 'record', name: 'Order', streamable: true, fields })

/** `all` sees all of an order, `some` no email, `own` their own orders, and nobody else anything. */
const policy = {
  roles: {
    all: [{ action: 'read', subject: 'order', fields: ['**'] }],
    some: [{ action: 'read', subject: 'order', fields: ['id', 'status', 'owner'] }],
    own: [{ action: 'read', subject: 'order', fields: ['**'], conditions: { owner: '${user.sub}' } }],
  },
}

interface OrderData {
  readonly status: string
  readonly owner: string
  readonly email: string
}

interface SignedToken {
  readonly user?: string
  readonly roles: readonly string[]
  readonly expiresAtMs?: number
}

export interface StatefulClient {
  readonly transport: FakeTransport
  ask(request: Request): void
  send(text: string): void
  /** What it was sent since this was last asked. */
  heard(): Record<string, unknown>[]
  /** Reads what is in its socket, and goes on reading. */
  drain(): void
  /** Takes something of what is in its socket, so that this much is left. */
  takeUpTo(left: number): void
  leave(): void
}

/** A whole gateway whose one type, `order`, has a table, with a log in memory and a simulated clock. */
export class StatefulGateway {
  readonly clock = new SimulatedClock(1_000_000)
  readonly topics = new MemoryTopics({ clock: this.clock, newId: () => 'a1'.repeat(16) })
  readonly meter = new Meter()
  readonly policy = new HeldPolicy(parsePolicy(JSON.stringify(policy)))
  readonly logged: LoggedLine[] = []
  /** Of the records that are written next. */
  headers: Headers = []
  readonly gateway: Gateway
  /** What the tokens of tests say; one that is not here is not valid. */
  readonly tokens = new Map<string, VerifiedToken | TokenErrorCode>()
  /** Where it is set, the keys are slow: tokens are verified when these are called. */
  slowKeys: (() => void)[] | undefined
  private readonly encoder: EventEncoder

  private constructor(limits: GatewayLimits, tracer?: Tracer) {
    const { clock, meter, topics } = this
    const registry = new MemoryRegistry()
    this.encoder = new EventEncoder(schema, registry.register('order-value', JSON.stringify(schema)))
    topics.create('order', 1)
    const source = new MemorySource(topics, clock)
    const { policy, tokens } = this
    const verify = async (token: string) => {
      const { slowKeys } = this
      if (slowKeys !== undefined) await new Promise<void>((resolve) => slowKeys.push(resolve))
      return tokens.get(token) ?? 'token_invalid'
    }
    const state = { bytesMax: 10_000_000, fillSecondsMax: 300, window: { bytesMax: 100_000, secondsMax: 3_600 } }
    const parts = { source, registry, clock, meter, policy, state, verifier: { verify }, random: () => 0, log: recordingLog(this.logged) }
    const tracing = tracer === undefined ? undefined : new EventTracing(tracer, clock)
    this.gateway = new Gateway({ ...parts, tracing, entities: [order], limits, longs: 'number', node: 'node-1' })
  }

  /** @param tracer makes spans of events that are sampled. */
  static async start(limits: Partial<GatewayLimits> = {}, tracer?: Tracer): Promise<StatefulGateway> {
    const stateful = new StatefulGateway({ ...gatewayLimits, ...limits }, tracer)
    const started = stateful.gateway.start()
    await stateful.clock.settle()
    await started
    return stateful
  }

  connect(who: Partial<Identity> = {}): StatefulClient {
    const transport = new FakeTransport()
    const { sub = 'ann', roles = ['all'] } = who
    const connection = this.gateway.connections.accept(identity({ sub, roles, claims: { sub }, ...who }), transport)
    const send = (text: string) => connection.receiveText(text)
    return {
      ...{ transport, send },
      ask: (request) => send(writeRequest(request)),
      heard: () => transport.received.splice(0).map((text) => JSON.parse(text) as Record<string, unknown>),
      drain() {
        transport.drain()
        connection.drained()
      },
      takeUpTo(left) {
        transport.buffered = left
        connection.drained()
      },
      leave: () => connection.closed(1000, false),
    }
  }

  /** A token that is good, of Ann unless it says otherwise. */
  sign(token: string, { user = 'ann', roles, expiresAtMs = Number.MAX_SAFE_INTEGER }: SignedToken): void {
    const verified: VerifiedToken = { sub: user, roles, claims: { sub: user }, expiresAtMs }
    this.tokens.set(token, verified)
  }

  /** @param timestampMs by the producer's clock and by Kafka's. */
  write(entityId: string, data: Partial<OrderData> = {}, timestampMs = this.clock.now(), operation = 'update'): void {
    this.append(entityId, operation, { id: entityId, status: 'NEW', owner: 'ann', email: 'a@example.org', ...data }, timestampMs)
  }

  remove(entityId: string): void {
    this.append(entityId, 'delete', null, this.clock.now())
  }

  /** What is written is read, and what is to be sent is sent. */
  async settle(): Promise<void> {
    await this.clock.settle()
  }

  private append(entityId: string, operation: string, data: object | null, timestampMs: number): void {
    const event = { entity_id: entityId, entity_type: 'order', operation, timestamp: timestampMs, data }
    this.topics.append('order', { key: Buffer.from(entityId), value: this.encoder.encode(event), timestampMs, headers: this.headers })
  }
}
