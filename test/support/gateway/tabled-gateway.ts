import { seedEntity, topicsOf, type EntityDefinition, type Operation } from '#entities.js'
import { Gateway } from '#gateway/gateway.js'
import type { StateLimits } from '#gateway/gateway-options.js'
import { Meter } from '#gateway/observe/meter.js'
import type { PartitionSource } from '#gateway/source/partition-source.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { parsePolicy } from '#policy/role-policy.js'
import { writeRequest, type Request } from '#protocol/request.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { EventEncoder } from '../values/event-encoder.js'
import { identity } from './connection-fixture.js'
import { FakeTransport } from './fake-transport.js'
import { gatewayLimits } from './gateway-limits.js'
import { loneNode } from './lone-node.js'
import { HeldPolicy } from './held-policy.js'
import { FlakyRegistry } from './simulation.js'

const single = (name: string): EntityDefinition => ({ name, layout: 'single-topic', envelope: 'event', topic: name })

/** In this order they count; the last one has a topic for each operation. */
const entities = [single('order'), single('parcel'), seedEntity('ride')]

const policy = parsePolicy(JSON.stringify({ roles: { all: [{ action: 'read', subject: ['order', 'parcel', 'ride'], fields: ['**'] }] } }))
const roomy: StateLimits = { bytesMax: 100_000_000, fillSecondsMax: 300, window: { bytesMax: 1_000_000, secondsMax: 3_600 } }

/** Of those that nothing needs, some hundred fit. */
const schemaCharactersMax = 100_000

/** What a client was told of an entity. */
type Told = readonly [operation: string, note: unknown]

/** A gateway whose types have tables, on topics in memory, with a clock that stands still. */
export class TabledGateway {
  readonly clock = new SimulatedClock()
  readonly topics = new MemoryTopics({ clock: this.clock })
  readonly meter = new Meter()
  readonly logged: LoggedLine[] = []
  readonly memory = new MemoryRegistry()
  readonly registry = new FlakyRegistry(this.memory)
  readonly gateway: Gateway
  private readonly encoders = new Map<string, EventEncoder>()

  /** @param sourceOver what is read in the place of the topics' own source. */
  constructor(limits: Partial<StateLimits> = {}, partitions = 2, sourceOver = (source: PartitionSource): PartitionSource => source) {
    for (const { topic } of entities.flatMap(topicsOf)) {
      this.topics.create(topic, partitions)
      this.evolve(topic, [])
    }
    this.gateway = new Gateway({
      ...{
        entities,
        registry: this.registry,
        policy: new HeldPolicy(policy),
        longs: 'number',
        limits: { ...gatewayLimits, schemaCharactersMax },
      },
      ...{ clock: this.clock, meter: this.meter, random: () => 0.5, log: recordingLog(this.logged) },
      source: sourceOver(new MemorySource(this.topics, this.clock)),
      state: { ...roomy, ...limits },
      ...loneNode,
    })
  }

  /** From now on events of the topic are written with these fields too, each a text. @param doc makes the schema's text longer. */
  evolve(topic: string, fields: readonly string[], doc = ''): void {
    const entity = entities.find((one) => topicsOf(one).some((its) => its.topic === topic))!
    const all = ['id', 'note', ...fields].map((name) => ({ name, type: 'string' }))
    const schema = eventSchemaOf({ type: 'record', name: entity.name, doc, streamable: true, fields: all })
    this.encoders.set(topic, new EventEncoder(schema, this.memory.register(`${topic}-value`, JSON.stringify(schema))))
  }

  write(topic: string, id: string, note: string, operation: Operation = 'update', more: Record<string, string> = {}): void {
    const [type] = topic.split('.')
    const event = { entity_id: id, entity_type: type, operation, timestamp: this.clock.now(), data: { id, note, ...more } }
    this.topics.append(topic, { key: Buffer.from(id), value: this.encoders.get(topic)!.encode(event) })
  }

  async start(): Promise<void> {
    const started = this.gateway.start()
    await this.clock.advance(0)
    await started
  }

  /** Answers what the client is sent. */
  async subscribe(
    entity_id: string,
    entity_type?: string,
    more: Partial<Extract<Request, { type: 'subscribe' }>> = { snapshot: true },
  ): Promise<FakeTransport> {
    const transport = new FakeTransport()
    const who = identity({ sub: `user-${this.meter.connectionsAccepted}`, roles: ['all'], subprotocol: 'sluice.v1' })
    const connection = this.gateway.connections.accept(who, transport)
    connection.receiveText(writeRequest({ type: 'subscribe', entity_id, ...(entity_type !== undefined && { entity_type }), ...more }))
    await this.clock.settle()
    return transport
  }

  linesOf(level: string): string[] {
    return this.logged.filter((line) => line.level === level).map(({ message }) => message)
  }
}

export function toldIn(transport: FakeTransport): Told[] {
  return transport.updates().map(({ operation, data }) => [String(operation), (data as { note?: unknown }).note])
}
