import { parseEntities } from '#config/entities-file.js'
import { Gateway } from '#gateway/gateway.js'
import type { StateLimits } from '#gateway/gateway-options.js'
import { Meter } from '#gateway/observe/meter.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { type MemoryRecord, MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { parsePolicy } from '#policy/role-policy.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { identity } from './connection-fixture.js'
import { FakeTransport } from './fake-transport.js'
import { gatewayLimits } from './gateway-limits.js'
import { HeldPolicy } from './held-policy.js'
import { loneNode } from './lone-node.js'

/** What a client was told: the operation, the id and the data. */
export type Told = readonly [operation: unknown, id: unknown, data: unknown]

export interface ForeignTopicsOptions {
  /** The text of an entities file. */
  readonly entities: string
  /** The members of a policy's `roles`. */
  readonly roles: object
  readonly hasState?: boolean
  readonly limits?: Partial<StateLimits>
}

/** A whole gateway on topics that others write, whose bytes tests give it. */
export class ForeignTopics {
  readonly clock = new SimulatedClock(Date.UTC(2026, 0, 1))
  readonly topics = new MemoryTopics({ clock: this.clock })
  readonly registry = new MemoryRegistry()
  readonly logged: LoggedLine[] = []
  readonly meter = new Meter()
  readonly gateway: Gateway

  constructor({ entities: text, roles, hasState = true, limits = {} }: ForeignTopicsOptions) {
    const { entities } = parseEntities('entities.json', () => text)
    for (const { topic } of entities) this.topics.create(topic, 1)
    const state = { bytesMax: 10_000_000, fillSecondsMax: 300, window: { bytesMax: 1_000_000, secondsMax: 3_600 }, ...limits }
    this.gateway = new Gateway({
      ...{
        entities,
        registry: this.registry,
        policy: new HeldPolicy(parsePolicy(JSON.stringify({ roles }))),
        longs: 'number',
        limits: gatewayLimits,
      },
      ...{ clock: this.clock, meter: this.meter, random: () => 0.5, log: recordingLog(this.logged), ...loneNode },
      ...{ source: new MemorySource(this.topics, this.clock), ...(hasState && { state }) },
    })
  }

  /** Registers a schema and returns the prefix of the bytes that it wrote. */
  register(subject: string, schema: unknown, references: readonly unknown[] = []): Buffer {
    const texts = references.map((reference) => JSON.stringify(reference))
    const prefix = Buffer.alloc(5)
    prefix.writeUInt32BE(this.registry.register(subject, JSON.stringify(schema), texts), 1)
    return prefix
  }

  async start(): Promise<void> {
    const started = this.gateway.start()
    await this.clock.advance(0)
    await started
  }

  /** A client that watches these entities. What it is told is what `told` answers, each once. */
  async client(role: string, ids: readonly string[], claims: Readonly<Record<string, unknown>> = {}): Promise<() => Told[]> {
    const transport = await this.subscribe(
      role,
      ids.map((entity_id) => ({ entity_id })),
      claims,
    )
    let heard = 0
    return () => {
      const updates = transport.updates().slice(heard)
      heard += updates.length
      return updates.map(({ operation, entity_id, data }) => [operation, entity_id, data])
    }
  }

  /** Answers what a client is sent that subscribes so. */
  async subscribe(role: string, requests: readonly object[], claims: Readonly<Record<string, unknown>> = {}): Promise<FakeTransport> {
    const transport = new FakeTransport()
    const who = identity({ sub: `${role} ${this.meter.connectionsAccepted}`, roles: [role], claims, subprotocol: 'sluice.v1' })
    const connection = this.gateway.connections.accept(who, transport)
    for (const request of requests) connection.receiveText(JSON.stringify({ type: 'subscribe', ...request }))
    await this.clock.settle()
    return transport
  }

  async append(topic: string, ...records: Partial<MemoryRecord>[]): Promise<void> {
    for (const record of records) this.topics.append(topic, { key: null, value: null, ...record })
    await this.clock.settle()
  }
}
