import avsc from 'avsc'
import { type EntityDefinition, operations, topicsOf } from '#entities.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import type { SimulatedClock } from '../running/simulated-clock.js'
import { wire } from './decode-fixture.js'
import { entities, entityIds, entitySchema, randomFrom, startMs, type WrittenEvent } from './simulated-world.js'

/** The topics and schemas of a simulation, with what was written, all drawn from one seed. */
export class SimulatedLog {
  readonly written: WrittenEvent[] = []
  readonly registry = new MemoryRegistry()
  readonly topics: MemoryTopics
  readonly random: () => number
  private readonly types = new Map<string, { id: number; version: 1 | 2; type: avsc.Type }>()
  private readonly times = new Set<number>()
  /** By topic: how often it was made anew. */
  private readonly generations = new Map<string, number>()

  constructor(
    seed: number,
    private readonly clock: SimulatedClock,
  ) {
    this.random = randomFrom(seed)
    this.topics = new MemoryTopics({ clock })
    for (const { topic, entity } of entities.flatMap(topicsOf)) {
      this.topics.create(topic, 2)
      this.register(topic, entity.name, 1)
    }
  }

  /** What time it is on the machines of producers and brokers, which nobody sets. */
  get othersTime(): number {
    return startMs + this.clock.monotonicMs()
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!
  }

  write(): void {
    const { topic, entity: definition, operation = this.pick(operations) } = this.pick(entities.flatMap(topicsOf))
    const entityId = this.pick(entityIds)
    const entity = {
      ...{ id: entityId, status: this.pick(['NEW', 'PAID']), region: this.pick(['eu', 'us']), email: `${this.random()}@example.org` },
      ...{ total: Math.floor(this.random() * 100), ...(this.types.get(topic)!.version === 2 && { added: 'later' }) },
    }
    const timestampMs = this.uniqueTime()
    // One from further ahead than a minute counts as Kafka's time; in the sockets it is known by that.
    const aheadMs = this.random() < 0.05 ? 60_001 + Math.floor(this.random() * 1e9) : 0
    const event = { entity_id: entityId, entity_type: definition.name, operation, timestamp: timestampMs + aheadMs, data: entity }
    const kafkaMs = aheadMs > 0 ? timestampMs : this.othersTime
    const at = this.topics.append(topic, { key: Buffer.from(entityId), value: this.encoded(topic, event), timestampMs: kafkaMs })
    this.note({ ...{ topic, ...at, timestampMs, operation, entityId }, entityType: definition.name, entity })
  }

  writeTombstone(): void {
    const { topic, entity } = this.pick(entities.flatMap(topicsOf).filter(({ operation = 'delete' }) => operation === 'delete'))
    const [entityId, timestampMs] = [this.pick(entityIds), this.uniqueTime()]
    const at = this.topics.append(topic, { key: Buffer.from(entityId), value: null, timestampMs })
    this.note({ ...{ topic, ...at, timestampMs, operation: 'delete', entityId }, entityType: entity.name, entity: {} })
  }

  writeBad(): void {
    const { topic, entity, operation = 'update' } = this.pick(entities.flatMap(topicsOf))
    const data = { id: '1', status: '', region: '', email: '', total: 1, added: '' }
    const good = this.encoded(topic, { entity_id: '1', entity_type: entity.name, operation, timestamp: 0, data })
    const value = this.pick([Buffer.from('{}'), good.subarray(0, 8), Buffer.concat([Buffer.from([1]), good])])
    this.topics.append(topic, { key: Buffer.from('1'), value })
  }

  /** From now on events of one topic have a field more. */
  evolve(): void {
    const { topic, entity } = this.pick(entities.flatMap(topicsOf))
    this.register(topic, entity.name, 2)
  }

  /** Nothing that was written to one topic of these is there any more. */
  makeAnew(some: readonly EntityDefinition[]): void {
    const { topic } = this.pick(some.flatMap(topicsOf))
    this.topics.makeAnew(topic)
    this.generations.set(topic, this.generationOf(topic) + 1)
  }

  generationOf(topic: string): number {
    return this.generations.get(topic) ?? 0
  }

  private note(event: WrittenEvent): void {
    this.written.push({ ...event, generation: this.generationOf(event.topic) })
  }

  private register(topic: string, entityName: string, version: 1 | 2): void {
    const schema = entitySchema(entityName, version)
    const id = this.registry.register(`${topic}-value`, JSON.stringify(schema))
    this.types.set(topic, { id, version, type: avsc.Type.forSchema(schema as avsc.Schema) })
  }

  private encoded(topic: string, event: object): Buffer {
    const { id, type } = this.types.get(topic)!
    return wire(id, type.toBuffer(event))
  }

  /** Mostly later than those before, at times earlier: as between the clocks of several producers. */
  private uniqueTime(): number {
    let ms = this.othersTime + this.written.length - (this.random() < 0.1 ? 300 : 0)
    while (this.times.has(ms)) ms++
    this.times.add(ms)
    return ms
  }
}
